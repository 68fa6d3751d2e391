"""What an owner sees of the deliveries, and does with them."""

import re

import pytest

from services.common.errors import DeliveryNotFound, InvalidRequest, LimitExceeded
from services.jobs.webhooks import keys
from services.jobs.webhooks.erasing import WebhookErasure
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.values import Progress, WebhookDelivery
from tests.unit.jobs.webhooks.conftest import Post


async def test_deliveries_are_listed_newest_first_a_page_at_a_time(post: Post) -> None:
    webhook = await post.webhook()
    jobs = [post.shop.failed() for _ in range(5)]
    [taken] = await post.take(most=1)
    await post.settle(taken)
    found: list[WebhookDelivery] = []
    cursor = ""
    while True:
        page = await post.deliveries.page("ada", webhook.id, 2, cursor)
        found += page.deliveries
        cursor = page.next_cursor
        if not cursor:
            break
    assert sorted(one.job_id for one in found) == sorted(jobs)
    assert [one.id for one in found] == sorted((one.id for one in found), reverse=True)
    states = sorted(one.progress for one in found)
    assert states == [Progress.DELIVERED, *[Progress.PENDING] * 4]


@pytest.mark.parametrize("cursor", ["nonsense", "+", "(msg", "msg_1_2"])
async def test_a_made_up_cursor_is_refused(post: Post, cursor: str) -> None:
    webhook = await post.webhook()
    with pytest.raises(InvalidRequest):
        await post.deliveries.page("ada", webhook.id, 2, cursor)


async def test_a_delivery_that_has_ended_can_be_sent_again(post: Post) -> None:
    webhook = await post.webhook()
    post.shop.failed()
    [first] = await post.take()
    await post.settle(first)
    await post.deliveries.redeliver("ada", webhook.id, first.message)
    [delivery] = await post.told(webhook)
    assert (delivery.progress, delivery.count, len(delivery.tries)) == (Progress.PENDING, 0, 1)
    [again] = await post.take()
    assert (again.message, again.job_id) == (first.message, first.job_id)
    await post.settle(again)
    [delivery] = await post.told(webhook)
    assert (delivery.progress, len(delivery.tries)) == (Progress.DELIVERED, 2)


async def test_a_delivery_that_waits_for_its_next_try_is_tried_at_once(post: Post) -> None:
    webhook = await post.webhook()
    post.shop.failed()
    [first] = await post.take()
    await post.settle(first, pause_seconds=3600)
    assert not await post.take(lane=keys.FAILING)
    await post.deliveries.redeliver("ada", webhook.id, first.message)
    [again] = await post.take(lane=keys.FAILING)
    assert again.message == first.message
    await post.deliveries.redeliver("ada", webhook.id, first.message)
    assert not await post.take(lane=keys.FAILING)
    assert len(await post.told(webhook)) == 1


async def test_what_is_not_there_cannot_be_sent_again(post: Post) -> None:
    webhook, other = await post.webhook(), await post.webhook(url="https://other.example")
    post.shop.failed()
    [first, _] = await post.take()
    strange = other if first.webhook_id == webhook.id else webhook
    with pytest.raises(DeliveryNotFound):
        await post.deliveries.redeliver("bob", first.webhook_id, first.message)
    with pytest.raises(DeliveryNotFound):
        await post.deliveries.redeliver("ada", strange.id, f"{first.message[:-1]}x")


async def test_a_test_goes_to_one_webhook_and_leaves_no_job(post: Post) -> None:
    webhook, other = (
        await post.webhook(Event.JOB_FAILED),
        await post.webhook(url="https://b.example"),
    )
    before = {*post.redis.scan_iter("*job*")}
    message = await post.deliveries.test("ada", webhook)
    assert {*post.redis.scan_iter("*job*")} == before
    [delivery] = await post.told(webhook)
    assert (delivery.id, delivery.event) == (message, Event.TEST)
    assert not await post.told(other)


async def test_a_webhook_with_too_much_in_line_cannot_be_tested(post: Post) -> None:
    webhook = await post.webhook()
    crowd = {f"msg_1111111111111_{n:016x}": 0 for n in range(5000)}
    post.redis.zadd(keys.pending(keys.named("ada", webhook.id)), crowd)
    with pytest.raises(LimitExceeded):
        await post.deliveries.test("ada", webhook)


async def test_erasing_an_owner_leaves_nothing_and_others_alone(post: Post) -> None:
    webhook, bobs = await post.webhook(), await post.webhook(owner="bob")
    for _ in range(3):
        post.shop.failed()
    taken = await post.take()
    await post.settle(taken[0])
    await post.registry.rotate("ada", "default")
    await post.deliveries.test("bob", bobs)
    await WebhookErasure(post.registry, post.deliveries).erase("ada")
    while await post.take():
        pass  # what is in line without a message is dropped
    left = [re.split("[:|]", key.decode()) for key in post.redis.scan_iter("snapasset:webhooks:*")]
    assert [parts for parts in left if "ada" in parts] == []
    assert not await post.told(webhook)
    assert len(await post.told(bobs, owner="bob")) == 1
