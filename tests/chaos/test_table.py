from dataclasses import replace

import pytest

from tests.chaos.table import Outcome

GOOD = Outcome(
    accepted=10,
    completed=8,
    cancelled=1,
    failed={"MODERATION_BLOCKED": 1},
    lost=0,
    false_streams=0,
    never_accepted=0,
    heard={"503 SERVICE_UNAVAILABLE": 2},
    dishonest={},
    bought_per_completed=1.0,
    paid_per_completed=1.25,
    charged=11,
    beyond_allowance=0,
    in_usage=9,
    uncertain=2,
    duplicates=0,
    cut_again=3,
    missing_renditions=0,
    webhook_messages=11,
    untold_ends=0,
    untrue_messages=0,
    endless_keys=0,
    longest_recovery_seconds=12.0,
    harm={"kill worker": 3},
)


def test_a_run_that_kept_every_promise_says_so() -> None:
    assert GOOD.broken_promises() == []
    assert "1x MODERATION_BLOCKED" in GOOD.text()


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, completed=0),
        replace(GOOD, lost=1),
        replace(GOOD, bought_per_completed=1.125),
        replace(GOOD, beyond_allowance=1),
        replace(GOOD, charged=12),
        replace(GOOD, duplicates=1),
        replace(GOOD, missing_renditions=1),
        replace(GOOD, untold_ends=1),
        replace(GOOD, untrue_messages=1),
        replace(GOOD, false_streams=1),
        replace(GOOD, dishonest={"no answer in time": 1}),
        replace(GOOD, endless_keys=1),
        replace(GOOD, longest_recovery_seconds=61),
    ],
)
def test_each_broken_promise_is_named(bad: Outcome) -> None:
    assert len(bad.broken_promises()) == 1
