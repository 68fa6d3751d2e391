"""What happens to a job is in the outbox as soon as it has happened, whoever made it happen."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from google.protobuf.json_format import MessageToDict

from services.jobs import keys as job_keys
from services.jobs import rq_record
from services.jobs.checkpoint import Checkpoint
from services.jobs.lost import bury
from services.jobs.reports import Report
from services.jobs.webhooks.body import body
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.outbox import TakenDelivery
from services.jobs.webhooks.values import DEFAULT
from tests.unit.jobs.shop import ADA, FAILURE, IMAGE, Shop
from tests.unit.jobs.webhooks.conftest import VIEWS, Post


def cancelled(shop: Shop) -> str:
    job_id = shop.create()
    shop.moves.cancel(job_id)
    return job_id


def taken_over(shop: Shop) -> str:
    """Lose the worker of a job in its last attempt."""
    claim = shop.active()
    shop.lose_lease(claim.job_id)
    shop.repairs.take_over(claim.job_id, max_attempts=1)
    return claim.job_id


def without_record(shop: Shop) -> str:
    job_id = shop.create()
    shop.redis.delete(rq_record.key_of(job_id))
    bury(shop.redis, job_id)
    return job_id


def without_state(shop: Shop) -> str:
    job_id = shop.create()
    shop.redis.delete(job_keys.state(job_id))
    bury(shop.redis, job_id)
    return job_id


ENDS: dict[str, tuple[Callable[[Shop], str], Event]] = {
    "completed": (Shop.completed, Event.JOB_COMPLETED),
    "failed": (Shop.failed, Event.JOB_FAILED),
    "cancelled": (cancelled, Event.JOB_CANCELLED),
    "its worker lost": (taken_over, Event.JOB_FAILED),
    "its record lost": (without_record, Event.JOB_FAILED),
    "its state lost": (without_state, Event.JOB_FAILED),
}


async def message(post: Post, taken: TakenDelivery) -> dict[str, object]:
    found = await post.outbox.read(taken)
    assert found
    read: dict[str, object] = json.loads(await body(found[1], VIEWS))
    return read


@pytest.mark.parametrize(("end", "event"), ENDS.values(), ids=ENDS)
async def test_every_end_of_a_job_is_told(
    post: Post, end: Callable[[Shop], str], event: Event
) -> None:
    webhook = await post.webhook()
    job_id = end(post.shop)
    [delivery] = await post.told(webhook)
    assert (delivery.job_id, delivery.event, delivery.count) == (job_id, event, 0)


async def test_a_webhook_is_told_what_it_asked_for_and_nobody_else_is(post: Post) -> None:
    wanting = await post.webhook(Event.JOB_FAILED)
    other = await post.webhook(Event.JOB_COMPLETED, url="https://other.example")
    strange = await post.webhook(owner="bob")
    post.shop.failed()
    assert len(await post.told(wanting)) == 1
    assert not await post.told(other)
    assert not await post.told(strange, owner="bob")


async def test_the_message_shows_the_job_as_get_does(post: Post) -> None:
    await post.webhook()
    job_id = post.shop.completed()
    shown = await VIEWS.job(await post.shop.reader.get(job_id))
    [taken] = await post.take()
    told = await message(post, taken)
    assert told["type"] == "job.completed"
    assert told["data"] == MessageToDict(shown, always_print_fields_with_no_presence=True)


async def test_a_message_tells_of_its_moment_not_of_what_came_after(post: Post) -> None:
    await post.webhook()
    job_id = post.shop.failed()
    post.shop.retry(job_id)
    [taken] = await post.take()
    data = (await message(post, taken))["data"]
    assert isinstance(data, dict)
    assert (data["status"], data["error"]["code"]) == ("failed", "PROVIDER_UNAVAILABLE")


async def test_a_lost_job_is_told_as_failed(post: Post) -> None:
    await post.webhook()
    job_id = without_record(post.shop)
    [taken] = await post.take()
    data = (await message(post, taken))["data"]
    assert isinstance(data, dict)
    assert (data["jobId"], data["status"]) == (job_id, "failed")
    assert data["error"]["code"] == "JOB_LOST"


async def test_each_finished_rendition_is_told_once_with_its_image(post: Post) -> None:
    webhook = await post.webhook(Event.RENDITION_COMPLETED)
    claim, one = post.shop.active(), {IMAGE.platform: IMAGE}
    two = {**one, "twitter-post": replace(IMAGE, platform="twitter-post")}
    for images in (one, one, two):
        report = Report(progress=60, checkpoint=Checkpoint(images=images))
        await post.shop.reports.report(claim.job_id, claim.token, report)
    post.shop.claims.fail(claim.job_id, claim.token, FAILURE)
    assert [one.event for one in await post.told(webhook)] == [Event.RENDITION_COMPLETED] * 2
    [taken] = await post.take()
    told = await message(post, taken)
    assert isinstance(told["rendition"], dict)
    assert told["rendition"]["platformId"] == IMAGE.platform
    assert isinstance(told["data"], dict)
    assert told["data"]["status"] == "active"


async def test_a_job_may_name_an_address_of_its_own(post: Post) -> None:
    job_id = post.shop.create(replace(ADA, webhook_url="https://one.example/done?for=me"))
    post.shop.moves.cancel(job_id)
    page = await post.deliveries.page("ada", DEFAULT, 10)
    [delivery] = page.deliveries
    assert (delivery.url, delivery.event) == ("https://one.example/done?for=me", "job.cancelled")


async def test_a_disabled_webhook_is_told_nothing_more(post: Post) -> None:
    webhook = await post.webhook()
    await post.registry.disable("ada", webhook.id)
    post.shop.failed()
    assert not await post.told(webhook)
    await post.registry.enable("ada", webhook.id)
    post.shop.failed()
    assert len(await post.told(webhook)) == 1


async def test_a_webhook_with_too_much_in_line_is_told_how_many_it_misses(post: Post) -> None:
    webhook = await post.webhook()
    crowd = {f"msg_1111111111111_{n:016x}": 0 for n in range(5000)}
    post.redis.zadd(f"snapasset:webhooks:pending:ada|{webhook.id}", crowd)
    post.shop.failed()
    tally = await post.registry.tally("ada", webhook.id)
    assert (tally.missed, tally.pending) == (1, 5000)
    assert tally.missed_at


async def test_without_a_webhook_nothing_is_written(post: Post) -> None:
    post.shop.failed()
    post.shop.completed()
    assert not [*post.redis.scan_iter("snapasset:webhooks:*")]
