"""The webhooks of each owner."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from redis.asyncio import Redis

from services.common.errors import WebhookExists, WebhookLimitReached, WebhookNotFound
from services.jobs.scripts import read_script
from services.jobs.webhooks import keys
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.values import (
    DEFAULT,
    Secret,
    Webhook,
    new_secret,
    new_webhook_id,
)

_ADD = read_script("add_webhook")
_CHANGE = read_script("change_webhook")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How a webhook is doing: deliveries that are pending, failed tries in a row, and deliveries
    that it missed because too many were pending, with the time of the last one (s since 1970)."""

    pending: int
    failures: int
    missed: int
    missed_at: float | None


class WebhookRegistry:
    """Keeps webhooks. `redis` must not decode replies."""

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.time) -> None:
        self._redis = cast(Any, redis)
        self._clock = clock

    async def add(self, owner: str, url: str, events: Sequence[Event], *, most: int) -> Webhook:
        """Make a webhook with a new secret, unless its owner has `most` of them.

        Raises WebhookExists, WebhookLimitReached.
        """
        webhook = Webhook(
            id=new_webhook_id(),
            url=url,
            events=tuple(events),
            created_at=self._clock(),
            secrets=(Secret(text=new_secret()),),
        )
        terms = [webhook.id, webhook.to_json(), url, most]
        became = (await _ADD.run_async(self._redis, [keys.endpoints(owner)], terms)).decode()
        if became == "full":
            raise WebhookLimitReached(
                f"You have {most} webhooks, and may have no more. Delete one first."
            )
        if became != "in":
            raise WebhookExists(
                f"The webhook {became} has this address. Delete it first, or rotate its secret."
            )
        return webhook

    async def all(self, owner: str) -> Sequence[Webhook]:
        """Return an owner's webhooks, oldest first."""
        found = await self._redis.hgetall(keys.endpoints(owner))
        read = [Webhook.from_json(name.decode(), text) for name, text in found.items()]
        return sorted(read, key=lambda webhook: (webhook.created_at, webhook.id))

    async def get(self, owner: str, webhook_id: str) -> Webhook:
        """Return one of them, or the owner's default one. Raises WebhookNotFound."""
        return Webhook.from_json(webhook_id, await self._text(owner, webhook_id))

    async def rotate(self, owner: str, webhook_id: str) -> Webhook:
        """Give a webhook a new secret. Raises WebhookNotFound."""
        return await self._change(owner, webhook_id, lambda one: one.rotated(self._clock()))

    async def disable(self, owner: str, webhook_id: str) -> None:
        """Tell a webhook nothing more, until it is enabled. Raises WebhookNotFound."""
        await self._change(
            owner,
            webhook_id,
            lambda one: one if one.disabled_at else replace(one, disabled_at=self._clock()),
        )

    async def enable(self, owner: str, webhook_id: str) -> None:
        """Undo `disable`. Raises WebhookNotFound."""
        await self._change(owner, webhook_id, lambda one: replace(one, disabled_at=None))

    async def remove(self, owner: str, webhook_id: str) -> None:
        """Forget a webhook. Raises WebhookNotFound."""
        if not await self._redis.hdel(keys.endpoints(owner), webhook_id):
            raise _not_found()

    async def remove_all(self, owner: str) -> None:
        """Forget all webhooks of an owner."""
        await self._redis.delete(keys.endpoints(owner), keys.signing(owner))

    async def tally(self, owner: str, webhook_id: str) -> Tally:
        """Return how a webhook is doing."""
        name = keys.named(owner, webhook_id)
        pipe = self._redis.pipeline(transaction=False)
        pipe.zcard(keys.pending(name))
        pipe.hget(keys.FAILURES, name)
        pipe.hmget(keys.missed(name), "count", "at")
        pending, failures, (missed, at) = await pipe.execute()
        return Tally(
            pending=pending,
            failures=int(failures or 0),
            missed=int(missed or 0),
            missed_at=int(at) / 1000 if at else None,
        )

    async def _change(
        self, owner: str, webhook_id: str, change: Callable[[Webhook], Webhook]
    ) -> Webhook:
        while True:
            text = await self._text(owner, webhook_id)
            changed = change(Webhook.from_json(webhook_id, text))
            terms = [webhook_id, text, changed.to_json()]
            if await _CHANGE.run_async(self._redis, [_home(owner, webhook_id)], terms):
                return changed

    async def _text(self, owner: str, webhook_id: str) -> bytes:
        """Return what is kept of a webhook; the default one is made when it is first needed."""
        home = _home(owner, webhook_id)
        if text := await self._redis.hget(home, webhook_id):
            return cast(bytes, text)
        if webhook_id != DEFAULT:
            raise _not_found()
        made = Webhook(
            id=DEFAULT,
            url="",
            events=(),
            created_at=self._clock(),
            secrets=(Secret(text=new_secret()),),
        )
        await self._redis.hsetnx(home, DEFAULT, made.to_json())
        return await self._text(owner, webhook_id)


def _home(owner: str, webhook_id: str) -> str:
    return keys.signing(owner) if webhook_id == DEFAULT else keys.endpoints(owner)


def _not_found() -> WebhookNotFound:
    return WebhookNotFound("There is no such webhook. Check its id.")
