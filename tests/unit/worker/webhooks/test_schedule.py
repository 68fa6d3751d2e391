"""A message is tried for three days, and given up neither earlier nor much later."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.common.backoff import Backoff
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.outbox import TargetHealth
from services.jobs.webhooks.values import Progress, WebhookDelivery
from services.worker.webhooks.post import CallKind, WebhookAnswer
from services.worker.webhooks.schedule import follow

BEGAN = datetime(2026, 11, 26, tzinfo=UTC)
DELIVERY = WebhookDelivery(
    id="msg_1",
    event=Event.JOB_COMPLETED,
    job_id="gen-1",
    url="https://hooks.example",
    written_at=BEGAN,
    since=BEGAN,
    next_at=BEGAN,
    progress=Progress.PENDING,
    count=0,
    tries=(),
)
REFUSED = WebhookAnswer(kind=CallKind.REFUSED, text="answered 500", seconds=0.25, status=500)
TAKEN = WebhookAnswer(kind=CallKind.TAKEN, text="answered 200", seconds=0.25, status=200)
GONE = WebhookAnswer(kind=CallKind.GONE, text="gone", status=410)
DAY = 86_400.0


@pytest.mark.parametrize("drawn", [0.0, 0.5, 1.0])
def test_a_message_that_nobody_takes_is_tried_for_three_days(drawn: float) -> None:
    backoff = Backoff(
        first_seconds=10.0,
        longest_seconds=DAY / 2,
        draw=lambda least, most: least + drawn * (most - least),
    )
    now, tries = 0.0, 0
    while True:
        delivery = replace(DELIVERY, count=tries)
        settled = follow(delivery, REFUSED, BEGAN.timestamp() + now, backoff)
        tries += 1
        if settled.pause_seconds is None:
            break
        now += settled.pause_seconds
    assert settled.ended is Progress.FAILED
    assert now == pytest.approx(3 * DAY)
    assert tries >= 8


def test_a_message_that_had_no_turn_for_days_still_gets_its_tries() -> None:
    late = BEGAN.timestamp() + 4 * DAY
    assert follow(replace(DELIVERY, count=2), REFUSED, late).pause_seconds is not None
    assert follow(replace(DELIVERY, count=7), REFUSED, late).ended is Progress.FAILED


def test_a_message_that_is_taken_is_through() -> None:
    settled = follow(DELIVERY, TAKEN, BEGAN.timestamp() + 1)
    assert (settled.ended, settled.pause_seconds) == (Progress.DELIVERED, None)
    assert settled.health is TargetHealth.SOUND
    assert settled.made
    assert settled.made.at == BEGAN.timestamp() + 0.75
    assert (settled.made.status, settled.made.outcome) == (200, "answered 200")


def test_a_message_that_is_taken_late_is_through_and_its_webhook_is_slow() -> None:
    settled = follow(DELIVERY, replace(TAKEN, seconds=14.0), BEGAN.timestamp() + 14)
    assert (settled.ended, settled.health) == (Progress.DELIVERED, TargetHealth.SLOW)


def test_gone_ends_the_delivery() -> None:
    settled = follow(DELIVERY, GONE, BEGAN.timestamp())
    assert (settled.ended, settled.health) == (Progress.FAILED, TargetHealth.FAILING)


def test_a_test_is_tried_once() -> None:
    settled = follow(replace(DELIVERY, event=Event.TEST), REFUSED, BEGAN.timestamp())
    assert (settled.ended, settled.pause_seconds) == (Progress.FAILED, None)
