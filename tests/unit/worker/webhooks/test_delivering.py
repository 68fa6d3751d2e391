"""One try: what is sent, what is entered, and what becomes of the webhook."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from standardwebhooks import Webhook as Verifier

from services.common.errors import Unavailable
from services.common.platforms import PLATFORMS
from services.jobs.views.job import Views
from services.jobs.webhooks import keys
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.events import CHOICES
from services.jobs.webhooks.outbox import Outbox, TakenDelivery
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import Progress, Webhook, WebhookDelivery
from services.leaves.links import LastingLinks
from services.worker.webhooks.delivering import Delivering
from services.worker.webhooks.metrics import WebhookMetrics
from services.worker.webhooks.post import Poster
from tests.unit.jobs.shop import Shop, open_shop


@dataclass(kw_only=True, slots=True)
class Receiver:
    """A webhook's server: answers with `status`, and keeps what it gets."""

    status: int = 200
    location: str = ""
    got: list[httpx2.Request] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.before:
            await self.before()
        self.got.append(request)
        return httpx2.Response(self.status, headers={"location": self.location})


class Unsigned(LastingLinks):
    """Links that storage cannot sign at the moment."""

    async def of(self, keys: object) -> list[str]:
        raise Unavailable("Storage does not answer.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """A worker's sender between an outbox and a receiver."""

    redis: Redis
    shop: Shop
    registry: WebhookRegistry
    deliveries: Deliveries
    outbox: Outbox
    receiver: Receiver
    delivering: Delivering

    async def webhook(self) -> Webhook:
        return await self.registry.add("ada", "https://hooks.example/snap", CHOICES, most=10)

    async def deliver(self) -> list[TakenDelivery]:
        """Make one try of all that is due."""
        found = []
        for lane in (keys.SOUND, keys.FAILING):
            for taken in await self.outbox.take(lane, 10, "token"):
                found.append(taken)
                await self.delivering.deliver(taken)
        return found

    async def told(self, webhook: Webhook) -> WebhookDelivery:
        [delivery] = (await self.deliveries.page("ada", webhook.id, 10)).deliveries
        return delivery


def open_office(
    redis: Redis, async_redis: AsyncRedis, links: LastingLinks, begin_seconds: float = 5.0
) -> Office:
    registry, receiver = WebhookRegistry(async_redis), Receiver()
    outbox = Outbox(async_redis, lease_seconds=30)
    return Office(
        redis=redis,
        shop=open_shop(redis, async_redis),
        registry=registry,
        deliveries=Deliveries(async_redis),
        outbox=outbox,
        receiver=receiver,
        delivering=Delivering(
            outbox,
            registry,
            Views(links, PLATFORMS),
            Poster(httpx2.MockTransport(receiver.answer), 5.0),
            WebhookMetrics(CollectorRegistry()),
            begin_seconds=begin_seconds,
        ),
    )


@pytest.fixture
def office(redis: Redis, async_redis: AsyncRedis) -> Office:
    return open_office(redis, async_redis, LastingLinks("http://images"))


async def test_a_message_is_signed_and_delivered_once(office: Office) -> None:
    webhook = await office.webhook()
    job_id = office.shop.completed()
    await office.deliver()
    assert not await office.deliver()
    [request] = office.receiver.got
    told = Verifier(webhook.secrets[0].text).verify(request.content, dict(request.headers))
    assert (told["type"], told["data"]["jobId"]) == ("job.completed", job_id)
    delivery = await office.told(webhook)
    assert delivery.progress is Progress.DELIVERED
    assert request.headers["webhook-id"] == delivery.id


async def test_after_a_rotation_either_secret_verifies(office: Office) -> None:
    webhook = await office.webhook()
    rotated = await office.registry.rotate("ada", webhook.id)
    office.shop.completed()
    await office.deliver()
    [request] = office.receiver.got
    for secret in rotated.secrets:
        Verifier(secret.text).verify(request.content, dict(request.headers))


async def test_a_message_that_was_refused_comes_again_with_the_same_id_and_body(
    office: Office,
) -> None:
    webhook = await office.webhook()
    office.shop.completed()
    office.receiver.status = 503
    await office.deliver()
    delivery = await office.told(webhook)
    assert (delivery.progress, delivery.tries[0].status) == (Progress.PENDING, 503)
    office.receiver.status = 200
    await office.deliveries.redeliver("ada", webhook.id, delivery.id)
    await office.deliver()
    first, second = office.receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.content == second.content
    assert (await office.told(webhook)).progress is Progress.DELIVERED


async def test_a_redirect_is_not_followed_and_the_delivery_says_where_it_led(
    office: Office,
) -> None:
    webhook = await office.webhook()
    office.shop.completed()
    office.receiver.status, office.receiver.location = 307, "https://hooks.example/moved"
    await office.deliver()
    assert [str(one.url) for one in office.receiver.got] == [webhook.url]
    delivery = await office.told(webhook)
    assert delivery.progress is Progress.PENDING
    assert delivery.tries[0].outcome == (
        "answered 307, a redirect to https://hooks.example/moved, which is not followed"
    )


async def test_gone_disables_the_webhook_and_a_test_that_is_taken_enables_it(
    office: Office,
) -> None:
    webhook = await office.webhook()
    office.receiver.status = 410
    jobs = [office.shop.failed() for _ in range(2)]
    await office.deliver()
    assert (await office.registry.get("ada", webhook.id)).disabled_at
    await office.deliver()
    assert len(office.receiver.got) == 1
    page = await office.deliveries.page("ada", webhook.id, 10)
    assert [one.progress for one in page.deliveries] == [Progress.FAILED] * len(jobs)
    office.receiver.status = 500
    await office.deliveries.test("ada", webhook)
    await office.deliver()
    assert (await office.registry.get("ada", webhook.id)).disabled_at
    office.receiver.status = 200
    await office.deliveries.test("ada", webhook)
    await office.deliver()
    assert not (await office.registry.get("ada", webhook.id)).disabled_at


async def test_a_deleted_webhook_is_not_called_any_more(office: Office) -> None:
    webhook = await office.webhook()
    office.shop.failed()
    await office.registry.remove("ada", webhook.id)
    await office.deliver()
    assert not office.receiver.got


async def test_a_webhook_that_is_deleted_during_a_call_leaves_nothing(office: Office) -> None:
    webhook = await office.webhook()

    async def delete() -> None:
        await office.registry.remove("ada", webhook.id)
        await office.deliveries.forget("ada", webhook.id)

    office.receiver.before, office.receiver.status = delete, 410
    office.shop.failed()
    await office.deliver()
    assert not [*office.redis.scan_iter(f"*delivery:ada|{webhook.id}*")]


async def test_without_links_a_message_waits_and_that_is_no_try(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    office = open_office(redis, async_redis, Unsigned(""))
    webhook = await office.webhook()
    office.shop.completed()
    await office.deliver()
    delivery = await office.told(webhook)
    assert (delivery.progress, delivery.count) == (Progress.PENDING, 0)
    assert not office.receiver.got


async def test_a_sender_that_was_held_up_sends_nothing(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    office = open_office(redis, async_redis, LastingLinks(""), begin_seconds=-1.0)
    await office.webhook()
    office.shop.completed()
    await office.deliver()
    assert not office.receiver.got
