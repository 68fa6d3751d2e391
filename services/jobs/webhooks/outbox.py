"""The outbox as a sender sees it: it takes deliveries that are due, and enters how tries went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from redis.asyncio import Redis

from services.jobs.scripts import read_script
from services.jobs.webhooks import keys
from services.jobs.webhooks.values import Progress, Try, WebhookDelivery, delivery_of, tries_json

_TAKE = read_script("take_deliveries")
_SETTLE = read_script("settle_delivery")

_TRIES_KEPT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenDelivery:
    """A delivery that its sender may try once, under the lease that `token` names."""

    target: str
    job_id: str
    message: str
    token: str

    @property
    def owner(self) -> str:
        """Whose webhook it is for."""
        return self.target.split("|")[0]

    @property
    def webhook_id(self) -> str:
        """The webhook it is for."""
        return self.target.split("|")[1]

    @property
    def key(self) -> str:
        """Where Redis keeps it."""
        return keys.delivery(keys.named(self.owner, self.webhook_id), self.message)


class TargetHealth(StrEnum):
    """What a try says about its target."""

    SOUND = "sound"
    SLOW = "slow"
    FAILING = "failing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What follows a try: the next one after a pause, or the end of the delivery.

    `health` is what it says about its target, None for nothing.
    """

    made: Try | None
    pause_seconds: float | None = None
    ended: Progress = Progress.PENDING
    health: TargetHealth | None = None


class Outbox:
    """Takes and settles deliveries. `redis` must not decode replies."""

    def __init__(self, redis: Redis, *, lease_seconds: float) -> None:
        self._redis = cast(Any, redis)
        self._lease_seconds = lease_seconds

    async def is_empty(self) -> bool:
        """Return whether nothing waits to be sent, now or later: cheaper to ask than `take`."""
        return not await self._redis.exists(keys.SOUND, keys.FAILING)

    async def take(self, lane: str, most: int, token: str) -> Sequence[TakenDelivery]:
        """Take at most `most` deliveries that are due, one of a target at most."""
        terms = [most, self._lease_seconds, token]
        found = await _TAKE.run_async(self._redis, [lane], terms)
        words = iter([one.decode() for one in found])
        return [
            TakenDelivery(target=target, job_id=job_id, message=message, token=token)
            for target, job_id, message in zip(words, words, words, strict=True)
        ]

    async def read(
        self, taken: TakenDelivery
    ) -> tuple[WebhookDelivery, Mapping[bytes, bytes]] | None:
        """Return a delivery and what it tells; None when either is gone."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hgetall(taken.key)
        pipe.hgetall(keys.event(taken.message))
        delivery, event = await pipe.execute()
        return (delivery_of(taken.message, delivery), event) if delivery and event else None

    async def settle(
        self, taken: TakenDelivery, delivery: WebhookDelivery, settled: Settled
    ) -> bool:
        """Enter how a try went; False when the delivery is somebody else's by now, or gone."""
        fields = {
            "count": delivery.count + (settled.made is not None),
            "tries": tries_json([*delivery.tries, *filter(None, [settled.made])][-_TRIES_KEPT:]),
        }
        if settled.pause_seconds is None:
            fields["ended"] = settled.ended.value
        pause = "" if settled.pause_seconds is None else settled.pause_seconds
        health = settled.health or ""
        terms = [taken.target, taken.job_id, taken.message, taken.token, pause, health]
        pairs = [part for pair in fields.items() for part in pair]
        return bool(await _SETTLE.run_async(self._redis, [taken.key], [*terms, *pairs]))
