"""What follows a call: the next try after a pause, or the end of the delivery."""

from datetime import timedelta

from services.common.backoff import Backoff
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.outbox import Settled, TargetHealth
from services.jobs.webhooks.values import Progress, Try, WebhookDelivery
from services.worker.webhooks.post import CallKind, WebhookAnswer

TRIED_FOR = timedelta(days=3)
LEAST_TRIES = 8
"""A message is given up once it has been tried for so long, and so many times."""

PROMPT_SECONDS = 3.0
"""A webhook that takes longer than this to take a message is slow."""

_BACKOFF = Backoff(first_seconds=10.0, longest_seconds=12 * 3600.0)
"""Some 17 tries in three days."""


def follow(
    delivery: WebhookDelivery, answer: WebhookAnswer, now: float, backoff: Backoff = _BACKOFF
) -> Settled:
    """Return what follows `answer`, given at `now` (s since 1970)."""
    made = Try(
        at=now - answer.seconds,
        seconds=round(answer.seconds, 3),
        status=answer.status,
        outcome=answer.text,
    )
    if answer.kind is CallKind.TAKEN:
        slow = answer.seconds > PROMPT_SECONDS
        health = TargetHealth.SLOW if slow else TargetHealth.SOUND
        return Settled(made=made, ended=Progress.DELIVERED, health=health)
    count = delivery.count + 1
    left = delivery.since.timestamp() + TRIED_FOR.total_seconds() - now
    final = answer.kind is CallKind.GONE or delivery.event is Event.TEST
    if final or (left <= 0 and count >= LEAST_TRIES):
        return Settled(made=made, ended=Progress.FAILED, health=TargetHealth.FAILING)
    pause = backoff.pause_seconds(count)
    pause = min(pause, left) if left > 0 else pause
    return Settled(made=made, pause_seconds=pause, health=TargetHealth.FAILING)
