"""The deliveries to a webhook as its owner sees them: listed, sent again, tried out, forgotten."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from services.common.errors import DeliveryNotFound, InvalidRequest, LimitExceeded
from services.jobs.scripts import read_script
from services.jobs.webhooks import keys
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.sample import sample
from services.jobs.webhooks.values import MESSAGE_ID, Webhook, WebhookDelivery, delivery_of

_REDELIVER = read_script("redeliver")
_TEST = read_script("test_webhook")

_BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryPage:
    """Some deliveries, newest first, and the cursor of the next page ("" when there is none)."""

    deliveries: Sequence[WebhookDelivery]
    next_cursor: str


class Deliveries:
    """Shows deliveries. `redis` must not decode replies."""

    def __init__(self, redis: Redis) -> None:
        self._redis = cast(Any, redis)

    async def page(self, owner: str, webhook_id: str, limit: int, cursor: str = "") -> DeliveryPage:
        """Return the deliveries to a webhook after `cursor`. Raises InvalidRequest."""
        if cursor and not MESSAGE_ID.fullmatch(cursor):
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.")
        name, below = keys.named(owner, webhook_id), f"({cursor}" if cursor else "+"
        pipe = self._redis.pipeline(transaction=True)
        for listed in (keys.pending(name), keys.ended(name)):
            pipe.zrevrangebylex(listed, below, "-", 0, limit + 1)
        merged = heapq.merge(*await pipe.execute(), reverse=True)
        ids = [one.decode() for one, _ in zip(merged, range(limit + 1), strict=False)]
        for message in ids[:limit]:
            pipe.hgetall(keys.delivery(name, message))
        found = zip(ids, await pipe.execute(), strict=False)
        deliveries = [delivery_of(message, raw) for message, raw in found if raw]
        more = len(ids) > limit
        return DeliveryPage(deliveries=deliveries, next_cursor=ids[limit - 1] if more else "")

    async def get(self, owner: str, webhook_id: str, message: str) -> WebhookDelivery:
        """Return one delivery. Raises DeliveryNotFound."""
        raw = await self._redis.hgetall(keys.delivery(keys.named(owner, webhook_id), message))
        if not raw:
            raise _not_found()
        return delivery_of(message, raw)

    async def redeliver(self, owner: str, webhook_id: str, message: str) -> None:
        """Send a delivery once more, or its next try at once. Raises DeliveryNotFound."""
        name = keys.named(owner, webhook_id)
        names = [keys.delivery(name, message), keys.event(message)]
        if not await _REDELIVER.run_async(self._redis, names, [name, message]):
            raise _not_found()

    async def test(self, owner: str, webhook: Webhook) -> str:
        """Send a webhook a sample; return the id of the delivery. Raises LimitExceeded."""
        job_id, commands = sample(owner)
        terms = [owner, webhook.id, webhook.url, job_id, Event.TEST.value, *commands.words]
        message = await _TEST.run_async(self._redis, [], terms)
        if message is None:
            raise LimitExceeded("Too many messages are pending for this webhook to test it.")
        return cast(bytes, message).decode()

    async def forget(self, owner: str, webhook_id: str) -> None:
        """Forget all deliveries to a webhook. One that is on its way may still arrive."""
        name = keys.named(owner, webhook_id)
        for listed in (keys.pending(name), keys.ended(name)):
            while messages := await self._redis.zrange(listed, 0, _BATCH - 1):
                pipe = self._redis.pipeline(transaction=True)
                pipe.zrem(listed, *messages)
                pipe.zrem(keys.PENDING, *(f"{name}|{one.decode()}" for one in messages))
                pipe.delete(*(keys.delivery(name, one.decode()) for one in messages))
                await pipe.execute()
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(keys.missed(name))
        pipe.hdel(keys.FAILURES, name)
        pipe.hdel(keys.SLOW, name)
        await pipe.execute()

    async def forget_events(self, owner: str) -> None:
        """Forget what messages have told about an owner's jobs."""
        index = keys.events(owner)
        while messages := await self._redis.zrange(index, 0, _BATCH - 1):
            pipe = self._redis.pipeline(transaction=True)
            pipe.delete(*(keys.event(one.decode()) for one in messages))
            pipe.zrem(index, *messages)
            await pipe.execute()


def _not_found() -> DeliveryNotFound:
    return DeliveryNotFound("There is no such delivery. It may be too old; check its id.")
