"""A worker's sender keeps its slots filled, and no webhook keeps another waiting."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from redis.asyncio import Redis as AsyncRedis

from services.jobs.webhooks import keys
from services.jobs.webhooks.events import CHOICES
from services.jobs.webhooks.outbox import Outbox, Settled, TakenDelivery, TargetHealth
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import Progress
from services.worker.webhooks.schedule import PROMPT_SECONDS
from services.worker.webhooks.sender import Sender
from tests.unit.jobs.shop import ADA, Shop, open_shop


class Delivering:
    """Calls webhooks: those of owners called dead hang until they are freed, and then fail."""

    def __init__(self, outbox: Outbox) -> None:
        self.freed = asyncio.Event()
        self.called: list[TakenDelivery] = []
        self._outbox = outbox

    async def deliver(self, taken: TakenDelivery) -> None:
        self.called.append(taken)
        found = await self._outbox.read(taken)
        assert found
        settled = Settled(made=None, ended=Progress.DELIVERED, health=TargetHealth.SOUND)
        if taken.owner.startswith("dead"):
            await self.freed.wait()
            settled = Settled(made=None, pause_seconds=0.0, health=TargetHealth.FAILING)
        await self._outbox.settle(taken, found[0], settled)

    def calls_of(self, owner: str) -> int:
        return sum(one.owner.startswith(owner) for one in self.called)


@pytest.fixture
def shop(redis: object, async_redis: AsyncRedis) -> Shop:
    return open_shop(redis, async_redis)  # type: ignore[arg-type]


async def cancelled(shop: Shop, registry: WebhookRegistry, owner: str, count: int) -> None:
    """Let some jobs of an owner with one webhook end."""
    await registry.add(owner, "https://hooks.example", CHOICES, most=1)
    for _ in range(count):
        shop.moves.cancel(shop.create(replace(ADA, user_id=owner)))


async def until(sender: Sender, true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await sender.send()


async def test_a_crowd_at_dead_webhooks_keeps_no_sound_one_waiting(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    registry, outbox = WebhookRegistry(async_redis), Outbox(async_redis, lease_seconds=30)
    delivering = Delivering(outbox)
    sender = Sender(outbox, delivering, slots=16)  # type: ignore[arg-type]
    for n in range(3):
        await cancelled(shop, registry, f"dead-{n}", 20)
    await sender.send()
    assert delivering.calls_of("dead") == 12  # a few of each at once
    await cancelled(shop, registry, "bob", 3)
    await until(sender, lambda: delivering.calls_of("bob") == 3)
    assert delivering.calls_of("dead") == 12
    delivering.freed.set()
    await until(sender, lambda: delivering.calls_of("dead") > 12)
    await sender.over()


async def test_webhooks_that_failed_share_half_of_the_slots(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    registry, outbox = WebhookRegistry(async_redis), Outbox(async_redis, lease_seconds=30)
    delivering = Delivering(outbox)
    sender = Sender(outbox, delivering, slots=4)  # type: ignore[arg-type]
    for n in range(8):
        await cancelled(shop, registry, f"dead-{n}", 1)
        [webhook] = await registry.all(f"dead-{n}")
        shop.redis.hset(keys.FAILURES, keys.named(f"dead-{n}", webhook.id), "1")
    await async_redis.zunionstore(keys.FAILING, [keys.SOUND])
    await async_redis.delete(keys.SOUND)
    await sender.send()
    assert delivering.calls_of("dead") == 2
    await cancelled(shop, registry, "bob", 1)
    await until(sender, lambda: delivering.calls_of("bob") == 1)
    assert delivering.calls_of("dead") == 2
    delivering.freed.set()
    await sender.over()


async def test_calls_that_turn_out_to_be_slow_make_room_for_others(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    registry, outbox = WebhookRegistry(async_redis), Outbox(async_redis, lease_seconds=30)
    delivering, now = Delivering(outbox), [0.0]
    sender = Sender(outbox, delivering, slots=4, clock=lambda: now[0])  # type: ignore[arg-type]
    for n in range(4):
        await cancelled(shop, registry, f"dead-{n}", 1)
    await sender.send()
    assert delivering.calls_of("dead") == 4
    await cancelled(shop, registry, "bob", 1)
    await sender.send()
    assert delivering.calls_of("bob") == 0
    now[0] += PROMPT_SECONDS
    await until(sender, lambda: delivering.calls_of("bob") == 1)
    delivering.freed.set()
    await sender.over()


async def test_two_workers_never_send_the_same_message(shop: Shop, async_redis: AsyncRedis) -> None:
    registry, outbox = WebhookRegistry(async_redis), Outbox(async_redis, lease_seconds=30)
    delivering = Delivering(outbox)
    senders = [Sender(outbox, delivering, slots=8) for _ in range(2)]  # type: ignore[arg-type]
    await cancelled(shop, registry, "bob", 30)
    async with asyncio.timeout(20):
        while delivering.calls_of("bob") < 30:
            await asyncio.gather(*(sender.send() for sender in senders))
    assert len({one.message for one in delivering.called}) == 30
    assert len(delivering.called) == 30
