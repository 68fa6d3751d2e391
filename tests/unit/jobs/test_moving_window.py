"""Policies are read as they are written, and nothing else passes for one."""

import pytest

from services.jobs.moving_window import Policy, policy_mistake


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [
        ("100/15 minutes", 100, 900),
        ("20/hour", 20, 3600),
        ("1/second", 1, 1),
        ("5 per 2 days", 5, 172_800),
        (" 10/1 Minute ", 10, 60),
    ],
)
def test_a_policy_is_read(text: str, amount: int, seconds: int) -> None:
    policy = Policy.parse(text)
    assert (policy.amount, policy.seconds) == (amount, seconds)


@pytest.mark.parametrize(
    "text", ["", "many", "10", "10/0 hours", "-1/hour", "1.5/hour", "0/hour", "1/hour; 2/day"]
)
def test_what_is_no_policy_is_told(text: str) -> None:
    assert policy_mistake(text)
