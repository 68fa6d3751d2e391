"""The commands for webhooks."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping

from snapasset.gateway.v1 import webhooks_pb2 as pb

from .. import words
from ..client import SnapAsset
from .jobs import DONE
from .lists import first, owner, show_list, time_of
from .screen import Screen, counted, one_line, table

NOT_DELIVERED = 1

_DEFAULT = "default"
"""The id of the webhook whose secret can be looked up."""

_LOOK_SECONDS = 0.5
_LOOKS = 60
"""A test is tried once, for 15 s unless the operator allows more."""


async def webhooks(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Do what was asked for."""
    return await _ACTIONS[asked.action](client, asked, screen)


async def _list(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    found = await client.webhooks(user_id=owner(asked))
    rows = [
        (one.webhook_id, _state(one), ", ".join(one.events), one_line(one.url)) for one in found
    ]
    show_list(screen, found, rows, words.NO_WEBHOOKS)
    return DONE


def _state(webhook: pb.Webhook) -> str:
    if webhook.HasField("disabled_at"):
        return "disabled"
    counts = {"pending": webhook.pending, "failed": webhook.failures, "missed": webhook.missed}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "fine"


async def _add(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    made = await client.create_webhook(asked.url, asked.event, user_id=owner(asked))
    facts = [("Webhook", made.webhook.webhook_id), ("Secret", made.secret)]
    screen.message(made, *table(facts))
    screen.say(words.SHOWN_ONCE)
    return DONE


async def _delete(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    answer = await client.delete_webhook(asked.webhook, user_id=owner(asked))
    screen.message(answer, f"Deleted {answer.webhook_id}.")
    return DONE


async def _secret(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    secret = await client.webhook_secret(user_id=owner(asked))
    screen.message(pb.GetWebhookSecretResponse(secret=secret), secret)
    return DONE


async def _rotate(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    answer = await client.rotate_webhook_secret(asked.webhook, user_id=owner(asked))
    until = time_of(answer.former_valid_until)
    screen.message(answer, *table([("Secret", answer.secret), ("Former valid until", until)]))
    if asked.webhook != _DEFAULT:
        screen.say(words.SHOWN_ONCE)
    return DONE


async def _test(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Send a test and wait for what becomes of it."""
    delivery = await client.test_webhook(asked.webhook, user_id=owner(asked))
    for _ in range(_LOOKS):
        if delivery.status != "pending":
            break
        await asyncio.sleep(_LOOK_SECONDS)
        async for one in client.deliveries(asked.webhook, user_id=owner(asked)):
            if one.delivery_id == delivery.delivery_id:
                delivery = one
                break
    screen.message(delivery, *table([_row(delivery)]))
    return DONE if delivery.status == "delivered" else NOT_DELIVERED


async def _deliveries(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    found = await first(asked.limit, client.deliveries(asked.webhook, user_id=owner(asked)))
    show_list(screen, found, [_row(one) for one in found], words.NO_DELIVERIES)
    return DONE


async def _redeliver(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    delivery = await client.redeliver(asked.webhook, asked.delivery, user_id=owner(asked))
    screen.message(delivery, *table([_row(delivery)]))
    return DONE


def _row(delivery: pb.WebhookDelivery) -> tuple[str, ...]:
    last = one_line(delivery.tries[-1].outcome) if delivery.tries else ""
    calls = counted(len(delivery.tries), "call")
    return delivery.delivery_id, delivery.type, delivery.job_id, delivery.status, calls, last


_ACTIONS: Mapping[str, Callable[[SnapAsset, argparse.Namespace, Screen], Awaitable[int]]] = {
    "list": _list,
    "add": _add,
    "delete": _delete,
    "secret": _secret,
    "rotate": _rotate,
    "test": _test,
    "deliveries": _deliveries,
    "redeliver": _redeliver,
}
