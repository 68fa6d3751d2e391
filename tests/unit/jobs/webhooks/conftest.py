"""The outbox on a real Redis, beside the jobs whose moves it tells of."""

from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.platforms import PLATFORMS
from services.jobs.views.job import Views
from services.jobs.webhooks import keys
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.events import CHOICES, Event
from services.jobs.webhooks.outbox import Outbox, Settled, TakenDelivery, TargetHealth
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import Progress, Try, Webhook, WebhookDelivery
from services.leaves.links import LastingLinks
from tests.unit.jobs.shop import Shop, open_shop

VIEWS = Views(LastingLinks("http://images"), PLATFORMS)
HOOK = "https://hooks.example/snap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """Everything about webhooks, in few words."""

    redis: Any
    shop: Shop
    registry: WebhookRegistry
    deliveries: Deliveries
    outbox: Outbox

    async def webhook(self, *events: Event, url: str = HOOK, owner: str = "ada") -> Webhook:
        return await self.registry.add(owner, url, events or CHOICES, most=10)

    async def take(self, most: int = 10, lane: str = keys.SOUND) -> list[TakenDelivery]:
        return [*await self.outbox.take(lane, most, "token")]

    async def told(self, webhook: Webhook, owner: str = "ada") -> list[WebhookDelivery]:
        """Return the deliveries to a webhook, oldest first."""
        page = await self.deliveries.page(owner, webhook.id, 100)
        return [*reversed(page.deliveries)]

    async def settle(
        self,
        taken: TakenDelivery,
        pause_seconds: float | None = None,
        health: TargetHealth | None = None,
    ) -> bool:
        """Enter that the webhook took a message; with a pause, that it did not."""
        found = await self.outbox.read(taken)
        assert found
        took = pause_seconds is None
        made = Try(at=1.0, seconds=0.1, status=200 if took else 500, outcome="answered")
        ended = Progress.DELIVERED if took else Progress.PENDING
        health = health or (TargetHealth.SOUND if took else TargetHealth.FAILING)
        settled = Settled(made=made, pause_seconds=pause_seconds, ended=ended, health=health)
        return await self.outbox.settle(taken, found[0], settled)


@pytest.fixture
def post(redis: Redis, async_redis: AsyncRedis) -> Post:
    return Post(
        redis=redis,
        shop=open_shop(redis, async_redis),
        registry=WebhookRegistry(async_redis),
        deliveries=Deliveries(async_redis),
        outbox=Outbox(async_redis, lease_seconds=30),
    )
