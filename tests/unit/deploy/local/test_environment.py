"""Proxies of the environment never come between the processes of the stack."""

import pytest

from deploy.local.environment import without_proxies


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "intern"}, "intern,localhost,127.0.0.1,::1"),
        ({"no_proxy": "a", "NO_PROXY": "b"}, "a,localhost,127.0.0.1,::1"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_what_the_user_excepts_stays_excepted(given: dict[str, str], told: str) -> None:
    assert set(without_proxies(given).values()) == {told}
