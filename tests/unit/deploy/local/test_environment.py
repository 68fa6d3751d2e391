"""A process is told its own settings alone, and no proxy comes between the processes."""

import pytest

from deploy.local.environment import SETTINGS, told, without_proxies, without_settings


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


SECRETS = {
    "JWT_SECRET": {"gateway"},
    "REDIS_PASSWORD": {"redis"},
    "OPENAI_API_KEY": {"generator"},
    "S3_SECRET_KEY_FILE": {"storage"},
}
"""Secrets, and who reads each."""


@pytest.mark.parametrize("secret", SECRETS)
def test_a_process_is_told_no_secret_of_another(secret: str) -> None:
    everything = {**dict.fromkeys(SECRETS, "a secret"), "PATH": "/bin"}
    assert {kind for kind in SETTINGS if secret in told(kind, everything)} == SECRETS[secret]
    assert all("PATH" in told(kind, everything) for kind in SETTINGS)
    assert without_settings(everything) == {"PATH": "/bin"}
