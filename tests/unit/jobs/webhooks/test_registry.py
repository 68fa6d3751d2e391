"""The webhooks of an owner, and their secrets."""

import base64

import pytest
from redis.asyncio import Redis as AsyncRedis

from services.common.errors import WebhookExists, WebhookLimitReached, WebhookNotFound
from services.jobs.webhooks.events import CHOICES, Event
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import DEFAULT

HOUR = 3600.0


class Clock:
    """Stands until it is set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(async_redis: AsyncRedis, clock: Clock) -> WebhookRegistry:
    return WebhookRegistry(async_redis, clock)


async def test_a_webhook_is_kept_as_it_was_made(registry: WebhookRegistry) -> None:
    made = await registry.add("ada", "https://a.example", [Event.JOB_FAILED], most=2)
    assert await registry.get("ada", made.id) == made
    assert await registry.all("ada") == [made]
    assert not await registry.all("bob")
    [secret] = made.secrets
    assert len(base64.b64decode(secret.text.removeprefix("whsec_"))) == 32


async def test_an_owner_has_so_many_webhooks_and_no_two_for_one_address(
    registry: WebhookRegistry,
) -> None:
    first = await registry.add("ada", "https://a.example", CHOICES, most=2)
    with pytest.raises(WebhookExists, match=first.id):
        await registry.add("ada", "https://a.example", CHOICES, most=2)
    await registry.add("ada", "https://b.example", CHOICES, most=2)
    with pytest.raises(WebhookLimitReached, match="2"):
        await registry.add("ada", "https://c.example", CHOICES, most=2)
    await registry.remove("ada", first.id)
    await registry.add("ada", "https://c.example", CHOICES, most=2)


@pytest.mark.parametrize("webhook_id", [f"wh-{'0' * 32}", "", "nonsense"])
async def test_another_owners_webhook_looks_like_none(
    registry: WebhookRegistry, webhook_id: str
) -> None:
    made = await registry.add("bob", "https://a.example", CHOICES, most=2)
    for one in (webhook_id, made.id):
        for call in (registry.get, registry.rotate, registry.remove, registry.disable):
            with pytest.raises(WebhookNotFound):
                await call("ada", one)
    assert await registry.get("bob", made.id) == made


async def test_a_replaced_secret_signs_for_a_day(registry: WebhookRegistry, clock: Clock) -> None:
    made = await registry.add("ada", "https://a.example", CHOICES, most=2)
    [old] = made.signing(clock())
    rotated = await registry.rotate("ada", made.id)
    new, former = rotated.signing(clock())
    assert former == old != new
    clock.now += 23 * HOUR
    again = await registry.rotate("ada", made.id)
    assert again.signing(clock())[1:] == [new, old]
    clock.now += 2 * HOUR
    assert again.signing(clock())[1:] == [new]
    assert await registry.get("ada", made.id) == again


async def test_rotating_without_end_keeps_the_headers_short(registry: WebhookRegistry) -> None:
    for _ in range(20):
        rotated = await registry.rotate("ada", DEFAULT)
    assert len(rotated.secrets) == 5


async def test_the_default_webhook_is_there_when_it_is_needed(registry: WebhookRegistry) -> None:
    first, second = await registry.get("ada", DEFAULT), await registry.get("ada", DEFAULT)
    assert first == second
    assert not await registry.all("ada")
    assert (await registry.get("bob", DEFAULT)).secrets != first.secrets


async def test_disabling_twice_changes_nothing(registry: WebhookRegistry, clock: Clock) -> None:
    made = await registry.add("ada", "https://a.example", CHOICES, most=2)
    await registry.disable("ada", made.id)
    clock.now += HOUR
    await registry.disable("ada", made.id)
    assert (await registry.get("ada", made.id)).disabled_at == clock() - HOUR
    await registry.enable("ada", made.id)
    assert (await registry.get("ada", made.id)) == made
