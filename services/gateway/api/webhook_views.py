"""Turns webhooks and deliveries into the messages of the public API."""

from snapasset.gateway.v1 import webhooks_pb2 as pb

from services.jobs.codec import moment
from services.jobs.views.job import timestamp
from services.jobs.webhooks.registry import Tally
from services.jobs.webhooks.values import Try, Webhook, WebhookDelivery


def webhook_view(webhook: Webhook, tally: Tally) -> pb.Webhook:
    """Return a webhook without its secrets."""
    disabled, missed = webhook.disabled_at, tally.missed_at
    return pb.Webhook(
        webhook_id=webhook.id,
        url=webhook.url,
        events=webhook.events,
        created_at=timestamp(moment(webhook.created_at)),
        disabled_at=timestamp(moment(disabled)) if disabled else None,
        pending=tally.pending,
        failures=tally.failures,
        missed=tally.missed,
        missed_at=timestamp(moment(missed)) if missed else None,
    )


def delivery_view(delivery: WebhookDelivery) -> pb.WebhookDelivery:
    """Return a delivery with its last tries."""
    return pb.WebhookDelivery(
        delivery_id=delivery.id,
        type=delivery.event,
        job_id=delivery.job_id,
        url=delivery.url,
        status=delivery.progress,
        created_at=timestamp(delivery.written_at),
        next_try_at=timestamp(delivery.next_at),
        tries=map(_try_view, delivery.tries),
    )


def _try_view(one: Try) -> pb.WebhookTry:
    return pb.WebhookTry(
        at=timestamp(moment(one.at)),
        seconds=one.seconds,
        http_status=one.status,
        outcome=one.outcome,
    )
