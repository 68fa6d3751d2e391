import pytest

from services.gateway.access.key_limits import KeyLimits, limits_from, limits_from_text
from services.jobs.moving_window import Policy


def test_limits_that_are_not_given_are_those_of_the_settings() -> None:
    limits = limits_from_text("jobs=5/hour")
    assert limits == KeyLimits(jobs=Policy.parse("5/hour"))
    assert limits.in_flight_of_user(20) == 20
    assert limits.budget_of_user(7) == 7


def test_limits_count_for_all_users_together_or_for_each() -> None:
    together = limits_from({"inFlight": 3, "budgetUsd": 0.5})
    assert (together.together, together.in_flight_of_user(20)) == (together, 20)
    assert together.in_flight_of_user(2) == 3
    assert [together.budget_of_user(usual) for usual in (7, 900_000, 0)] == [500_000, 900_000, 0]
    each = limits_from({"inFlight": 3, "budgetUsd": 0.5, "per": "user"})
    assert each.together == KeyLimits()
    assert (each.in_flight_of_user(20), each.budget_of_user(7)) == (3, 500_000)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "name=value"),
        ("jobs", "name=value"),
        ("jobs=1/hour+", "name=value"),
        ("jobs=1/hour+jobs=2/hour", "twice"),
        ("job=1/hour", "job is not a limit that a key can have; there are requests"),
        ("jobs=often", "jobs must be one policy"),
        ("jobs=0/hour", "jobs must allow at least one"),
        ("inFlight=0", "inFlight must be a whole number"),
        ("inFlight=²", "inFlight must be a whole number"),
        ("inFlight=" + "9" * 5000, "inFlight must be a whole number"),
        ("budgetUsd=nan", "budgetUsd must be an amount"),
        ("budgetUsd=-1", "budgetUsd must be an amount"),
        ("per=owner", "per must be key or user"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        limits_from_text(text)
