"""Deliveries are taken in order and in turn, by one sender at a time, and none is left behind."""

from dataclasses import replace

from services.jobs.webhooks import keys
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.figures import outbox_figures
from services.jobs.webhooks.outbox import Settled, TargetHealth
from services.jobs.webhooks.values import DEFAULT, Progress
from tests.unit.jobs.shop import ADA
from tests.unit.jobs.webhooks.conftest import HOOK, Post


async def test_it_is_empty_when_nothing_is_left_to_send_not_even_later(post: Post) -> None:
    await post.webhook()
    assert await post.outbox.is_empty()
    post.shop.failed()
    assert not await post.outbox.is_empty()
    [taken] = await post.take()
    await post.settle(taken, pause_seconds=3600)
    assert not await post.outbox.is_empty()


async def test_the_messages_of_a_job_go_one_after_the_other(post: Post) -> None:
    webhook = await post.webhook()
    job_id = post.shop.failed()
    post.shop.retry(job_id)
    post.shop.moves.cancel(job_id)
    first, second = await post.told(webhook)
    assert (first.event, second.event) == (Event.JOB_FAILED, Event.JOB_CANCELLED)
    [taken] = await post.take()
    assert taken.message == first.id
    assert not await post.take()
    await post.settle(taken)
    [taken] = await post.take()
    assert taken.message == second.id


async def test_a_message_that_was_not_taken_holds_up_the_rest_of_its_job_alone(post: Post) -> None:
    webhook = await post.webhook()
    job_id = post.shop.failed()
    [taken] = await post.take()
    await post.settle(taken, pause_seconds=3600)
    post.shop.retry(job_id)
    post.shop.moves.cancel(job_id)
    other = post.shop.failed()
    assert [one.job_id for one in await post.take(lane=keys.FAILING)] == [other]
    [first, *_] = await post.told(webhook)
    assert first.progress is Progress.PENDING
    assert (first.count, first.tries[0].status) == (1, 500)
    assert first.next_at
    assert first.next_at > first.written_at


async def test_no_two_senders_have_the_same_message(post: Post) -> None:
    await post.webhook()
    for _ in range(3):
        post.shop.failed()
    found = [one.message for _ in range(6) for one in await post.take(most=1)]
    assert len(set(found)) == len(found) == 3


async def test_the_message_of_a_lost_sender_is_taken_by_another(post: Post) -> None:
    await post.webhook()
    post.shop.failed()
    [lost] = await post.take()
    post.redis.zadd(f"snapasset:webhooks:sending:{lost.target}", {lost.job_id: 1.0})
    post.redis.zadd(keys.SOUND, {lost.target: 1.0})
    [taken] = await post.outbox.take(keys.SOUND, 1, "another")
    assert taken.message == lost.message
    assert not await post.settle(lost)
    assert await post.settle(taken)


async def test_a_webhook_is_called_a_few_times_at_once_and_others_get_their_turn(
    post: Post,
) -> None:
    crowded, other = await post.webhook(), await post.webhook(owner="bob")
    for _ in range(6):
        post.shop.failed()
    post.shop.moves.cancel(post.shop.create(replace(ADA, user_id="bob")))
    first = await post.take()
    assert {one.webhook_id for one in first} == {crowded.id, other.id}
    more = [one for _ in range(5) for one in await post.take()]
    assert [one.webhook_id for one in more] == [crowded.id] * 3


async def test_webhooks_that_fail_have_a_lane_of_their_own(post: Post) -> None:
    await post.webhook()
    for _ in range(3):
        post.shop.failed()
    [taken] = await post.take(most=1)
    await post.settle(taken, pause_seconds=60)
    assert not await post.take()
    [again] = await post.take(lane=keys.FAILING)
    assert not await post.take(lane=keys.FAILING)
    assert (await outbox_figures(post.outbox._redis)).failing == 1
    await post.settle(again)
    assert await post.take()
    assert not await post.take(lane=keys.FAILING)


async def test_a_slow_webhook_shares_their_lane_until_it_is_prompt_again(post: Post) -> None:
    webhook = await post.webhook()
    for _ in range(3):
        post.shop.failed()
    [taken] = await post.take(most=1)
    await post.settle(taken, health=TargetHealth.SLOW)
    assert not await post.take()
    first, second = [one for _ in range(2) for one in await post.take(lane=keys.FAILING)]
    assert (await post.registry.tally("ada", webhook.id)).failures == 0
    await post.settle(first)
    await post.settle(second)
    post.shop.failed()
    assert await post.take()


async def test_addresses_of_jobs_at_one_host_share_a_turn(post: Post) -> None:
    urls = ["https://one.example/a", "https://one.example/b", "https://two.example/?c"]
    for url in urls:
        post.shop.moves.cancel(post.shop.create(replace(ADA, webhook_url=url)))
    taken = await post.take()
    assert len(taken) == 2
    assert {one.webhook_id for one in taken} == {DEFAULT}


async def test_what_was_forgotten_is_passed_over(post: Post) -> None:
    webhook = await post.webhook()
    post.shop.failed()
    await post.deliveries.forget("ada", webhook.id)
    post.shop.failed()
    taken = [one for _ in range(3) for one in await post.take()]
    assert len(taken) == 1
    figures = await outbox_figures(post.outbox._redis)
    assert (figures.pending, figures.missed) == (1, 0)


async def test_only_the_last_that_have_ended_are_kept(post: Post) -> None:
    webhook = await post.webhook()
    name = keys.named("ada", webhook.id)
    post.redis.zadd(keys.ended(name), {f"msg_1111111111111_{n:016x}": 0 for n in range(1000)})
    oldest = "msg_1111111111111_0000000000000000"
    post.redis.hset(keys.delivery(name, oldest), "type", "job.failed")
    post.shop.failed()
    [taken] = await post.take()
    await post.settle(taken)
    assert post.redis.zcard(keys.ended(name)) == 1000
    assert not post.redis.exists(keys.delivery(name, oldest))


async def test_nothing_is_kept_for_ever(post: Post) -> None:
    await post.webhook()
    await post.webhook(url=f"{HOOK}/2")
    post.shop.failed()
    first, second = await post.take()
    await post.settle(first)
    await post.settle(second, pause_seconds=10)
    lasting = {keys.endpoints("ada"), keys.PENDING, keys.FAILURES, keys.SOUND, keys.FAILING}
    found = {key.decode() for key in post.redis.scan_iter("snapasset:webhooks:*")}
    assert not [key for key in found - lasting if post.redis.ttl(key) < 0]


async def test_a_message_that_cannot_be_made_yet_is_no_try(post: Post) -> None:
    webhook = await post.webhook()
    post.shop.failed()
    [taken] = await post.take()
    found = await post.outbox.read(taken)
    assert found
    await post.outbox.settle(taken, found[0], Settled(made=None, pause_seconds=30))
    [delivery] = await post.told(webhook)
    assert (delivery.count, delivery.tries) == (0, ())
    assert (await outbox_figures(post.outbox._redis)).failing == 0
