"""Webhooks through the gateway: each owner has its own, at addresses that may be called."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from snapasset.gateway.v1 import webhooks_pb2 as pb
from snapasset.gateway.v1.webhooks_pb2_grpc import WebhookServiceStub

from services.gateway.access.api_keys import new_key
from tests.servers.gateway import Answer, Client, bearer, connected, running_gateway

KEY, STORED_KEY = new_key("importer", ["jobs"])
ADMIN_KEY, STORED_ADMIN_KEY = new_key("sweeper", ["admin"])
HOOK = "https://hooks.example/snap"
MOST = 2


class Hooks:
    """Calls WebhookService for one client."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._stub: Any = WebhookServiceStub(client.channel)

    async def create(self, url: str = HOOK, **more: Any) -> Answer:
        request = pb.CreateWebhookRequest(url=url, **more)
        return await self.client.call(self._stub.CreateWebhook, request)

    async def made(self, url: str = HOOK, **more: Any) -> str:
        """Make a webhook and return its id."""
        return str((await self.create(url, **more)).message.webhook.webhook_id)

    async def all(self, **more: Any) -> list[Any]:
        request = pb.ListWebhooksRequest(**more)
        return [*(await self.client.call(self._stub.ListWebhooks, request)).message.webhooks]

    async def remove(self, webhook_id: str) -> Answer:
        request = pb.DeleteWebhookRequest(webhook_id=webhook_id)
        return await self.client.call(self._stub.DeleteWebhook, request)

    async def rotate(self, webhook_id: str) -> Answer:
        request = pb.RotateWebhookSecretRequest(webhook_id=webhook_id)
        return await self.client.call(self._stub.RotateWebhookSecret, request)

    async def default_secret(self) -> str:
        request = pb.GetWebhookSecretRequest()
        return str((await self.client.call(self._stub.GetWebhookSecret, request)).message.secret)

    async def test(self, webhook_id: str) -> Answer:
        request = pb.TestWebhookRequest(webhook_id=webhook_id)
        return await self.client.call(self._stub.TestWebhook, request)

    async def told(self, webhook_id: str, **page: Any) -> Answer:
        request = pb.ListDeliveriesRequest(webhook_id=webhook_id, **page)
        return await self.client.call(self._stub.ListDeliveries, request)

    async def redeliver(self, webhook_id: str, delivery_id: str) -> Answer:
        request = pb.RedeliverDeliveryRequest(webhook_id=webhook_id, delivery_id=delivery_id)
        return await self.client.call(self._stub.RedeliverDelivery, request)


@pytest.fixture
async def gateway(redis_url: str) -> AsyncIterator[str]:
    keys = (STORED_KEY.line, STORED_ADMIN_KEY.line)
    async with running_gateway(redis_url, webhooks_per_owner=MOST, api_key_lines=keys) as address:
        yield address


@pytest.fixture
async def alice(gateway: str) -> AsyncIterator[Hooks]:
    async with connected(gateway, bearer("alice")) as client:
        yield Hooks(client)


@pytest.fixture
async def mallory(gateway: str) -> AsyncIterator[Hooks]:
    async with connected(gateway, bearer("mallory")) as client:
        yield Hooks(client)


async def test_another_owners_webhook_looks_like_one_that_does_not_exist(
    alice: Hooks, mallory: Hooks
) -> None:
    webhook_id = await alice.made()
    delivery_id = (await alice.test(webhook_id)).message.delivery.delivery_id
    for one in (webhook_id, f"wh-{'0' * 32}", "nonsense", "alice|x"):
        answers = [
            await mallory.remove(one),
            await mallory.rotate(one),
            await mallory.test(one),
            await mallory.told(one),
            await mallory.redeliver(one, delivery_id),
        ]
        assert {answer.code for answer in answers} == {"WEBHOOK_NOT_FOUND"}
    assert await mallory.all() == []
    assert (await mallory.redeliver("default", delivery_id)).code == "DELIVERY_NOT_FOUND"
    assert await mallory.default_secret() != await alice.default_secret()
    assert [one.webhook_id for one in await alice.all()] == [webhook_id]


@pytest.mark.parametrize(
    "url",
    [
        "https://redis:6379",
        "hooks.example",
        "http://hooks.example",
        "https://localhost/hook",
        "https://10.0.0.1/hook",
        "https://ada:secret@hooks.example",
        "https://hooks.example/ a",
        "https://hooks.example/\r\nhost: x",
        f"https://hooks.example/{'a' * 2000}",
    ],
)
async def test_an_address_that_may_not_be_called_is_refused_by_its_name(
    alice: Hooks, url: str
) -> None:
    answer = await alice.create(url)
    assert answer.code == "INVALID_REQUEST"
    assert answer.failure
    assert "url must " in answer.failure.message
    assert await alice.all() == []


async def test_a_webhook_has_an_address(alice: Hooks) -> None:
    answer = await alice.create("")
    assert answer.failure
    assert answer.failure.message == "url is required"


@pytest.mark.parametrize("events", [["job.started"], ["job.failed"] * 2, ["webhook.test"], [""]])
async def test_events_that_there_are_not_are_refused(alice: Hooks, events: list[str]) -> None:
    assert (await alice.create(events=events)).code == "INVALID_REQUEST"


async def test_an_owner_has_so_many_webhooks_one_for_each_address(alice: Hooks) -> None:
    first = await alice.made()
    again = await alice.create()
    assert again.code == "WEBHOOK_EXISTS"
    assert again.failure
    assert first in again.failure.message
    await alice.made(f"{HOOK}/2")
    assert (await alice.create(f"{HOOK}/3")).code == "WEBHOOK_LIMIT_REACHED"
    assert not (await alice.remove(first)).code
    assert not (await alice.create(f"{HOOK}/3")).code


async def test_only_an_api_key_with_the_scope_names_another_owner(
    gateway: str, alice: Hooks, mallory: Hooks
) -> None:
    async with (
        connected(gateway, ("x-api-key", KEY)) as importer,
        connected(gateway, ("x-api-key", ADMIN_KEY)) as sweeper,
    ):
        made = await Hooks(importer).made(user_id="alice")
        own = await Hooks(importer).made()
        bad = (await Hooks(importer).create(user_id="a|b")).code
        lacking = (await Hooks(sweeper).create(user_id="alice")).code
        named = [one.webhook_id for one in await Hooks(importer).all(user_id="alice")]
    assert (await mallory.create(user_id="alice")).code == "FORBIDDEN"
    assert (bad, lacking) == ("INVALID_REQUEST", "FORBIDDEN")
    assert [one.webhook_id for one in await alice.all()] == named == [made] != [own]


async def test_deliveries_have_pages(alice: Hooks) -> None:
    webhook_id = await alice.made()
    sent = [(await alice.test(webhook_id)).message.delivery.delivery_id for _ in range(3)]
    first = (await alice.told(webhook_id, limit=2)).message
    rest = (await alice.told(webhook_id, limit=2, cursor=first.next_cursor)).message
    found = [one.delivery_id for one in (*first.deliveries, *rest.deliveries)]
    assert (sorted(found), found[0] > found[-1]) == (sorted(sent), True)
    assert (first.count, rest.count, rest.next_cursor) == (2, 1, "")
    wrong: list[dict[str, Any]] = [{"limit": 0}, {"limit": 101}, {"limit": -1}, {"cursor": "x"}]
    for page in wrong:
        assert (await alice.told(webhook_id, **page)).code == "INVALID_REQUEST"


async def test_a_pending_delivery_may_be_sent_again_and_an_unknown_one_not(alice: Hooks) -> None:
    webhook_id = await alice.made()
    delivery_id = (await alice.test(webhook_id)).message.delivery.delivery_id
    again = (await alice.redeliver(webhook_id, delivery_id)).message.delivery
    assert (again.delivery_id, again.status, again.url) == (delivery_id, "pending", HOOK)
    for unknown in ("", "msg_1", f"msg_{'0' * 13}_{'0' * 16}"):
        assert (await alice.redeliver(webhook_id, unknown)).code == "DELIVERY_NOT_FOUND"


async def test_a_rotated_secret_is_new_and_the_former_one_signs_for_a_day(alice: Hooks) -> None:
    made = (await alice.create()).message
    rotated = (await alice.rotate(made.webhook.webhook_id)).message
    lasts = rotated.former_valid_until.ToSeconds() - made.webhook.created_at.ToSeconds()
    assert rotated.secret.startswith("whsec_")
    assert rotated.secret != made.secret
    assert lasts >= 24 * 3600
    before = await alice.default_secret()
    after = (await alice.rotate("default")).message.secret
    assert (before != after, await alice.default_secret()) == (True, after)


async def test_the_default_webhook_can_be_neither_tested_nor_deleted(alice: Hooks) -> None:
    assert (await alice.test("default")).code == "WEBHOOK_NOT_FOUND"
    assert (await alice.remove("default")).code == "WEBHOOK_NOT_FOUND"
    assert (await alice.told("default")).message.count == 0
