import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.gateway.events.hub import EventHub, as_change
from services.gateway.events.lost_jobs import LostJobs
from services.jobs import codec, keys
from services.jobs.connections import open_async_redis
from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.values import Change, JobSpec, Status
from tests.eventually import eventually
from tests.servers.jobs import put_in_line
from tests.servers.redis import DurableRedis, durable_redis

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))


class House:
    """A hub at work, and a hand on the jobs that it tells of."""

    def __init__(self, redis: Redis, async_redis: AsyncRedis) -> None:
        lease, retention = timedelta(seconds=20), timedelta(hours=1)
        self.redis = redis
        self.records = Records(redis, retention=retention, lease=lease)
        self.moves = Moves(self.records)
        self.reader = Reader(async_redis)
        self.hub = EventHub(async_redis, self.reader)
        self.begun = 0

    def create(self) -> str:
        return put_in_line(self.records, SPEC)

    async def follow(self, job_id: str) -> list[Change]:
        """Watch a job as WatchJob does, to its end or the hub's."""
        async with self.hub.watch(job_id) as watch:
            seen = [as_change(await self.reader.get(job_id))]
            self.begun += 1
            while not seen[-1].status.ended:
                news = await watch.next(seen[-1].sequence, 20)
                if news is None:
                    break
                assert news, "nothing happened for 20 s"
                seen += news
            return seen

    async def watched(self, count: int, streams: int = 1) -> None:
        """Wait until `count` watchers have begun, subscribed to `streams` jobs."""
        await eventually(lambda: self.begun >= count and self.subscriptions >= streams)

    @property
    def subscriptions(self) -> int:
        return len(self.redis.pubsub_channels(keys.channel("gen-*")))


@asynccontextmanager
async def at_work(redis: Redis, async_redis: AsyncRedis) -> AsyncIterator[House]:
    house = House(redis, async_redis)
    running = asyncio.create_task(house.hub.run())
    await eventually(lambda: bool(redis.pubsub_channels(keys.channel("none"))))
    try:
        yield house
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.fixture
async def house(redis: Redis, async_redis: AsyncRedis) -> AsyncIterator[House]:
    async with at_work(redis, async_redis) as house:
        yield house


async def test_a_watcher_sees_the_end_of_a_job(house: House) -> None:
    job_id = house.create()
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    await asyncio.to_thread(house.moves.cancel, job_id)
    assert (await following)[-1].status is Status.CANCELLED


async def test_nothing_is_missed_between_subscription_and_snapshot(house: House) -> None:
    """The job ends at any moment of the beginning of a watch: before, within or after it."""
    jobs = [house.create() for _ in range(200)]

    async def end(job_id: str, after_turns: int) -> None:
        for _ in range(after_turns):
            await asyncio.sleep(0)
        await asyncio.to_thread(house.moves.cancel, job_id)

    async with asyncio.timeout(20):
        ends = [end(job_id, turns % 40) for turns, job_id in enumerate(jobs)]
        seen, _ = await asyncio.gather(
            asyncio.gather(*map(house.follow, jobs)), asyncio.gather(*ends)
        )
    assert {one[-1].status for one in seen} == {Status.CANCELLED}


async def test_a_thousand_watchers_share_one_subscription_connection(house: House) -> None:
    jobs = [house.create() for _ in range(500)]
    following = [asyncio.create_task(house.follow(job_id)) for job_id in jobs for _ in "ab"]
    await house.watched(1000, 500)
    clients = house.redis.client_list("pubsub")
    assert (len(clients), clients[0]["sub"]) == (1, "501")
    await asyncio.gather(*(asyncio.to_thread(house.moves.cancel, job_id) for job_id in jobs))
    async with asyncio.timeout(20):
        seen = await asyncio.gather(*following)
    assert {one[-1].status for one in seen} == {Status.CANCELLED}


async def test_watchers_who_do_not_read_keep_one_change_and_one_preview(house: House) -> None:
    """80 MiB of previews go out; a backlog would keep them for each watcher."""
    job_id, count, preview = house.create(), 800, "p" * 100_000
    told = as_change(await house.reader.get(job_id))

    def publish(sequence: int, kind: str) -> None:
        text = preview + str(sequence) if kind == "preview" else None
        change = replace(told, type=kind, sequence=sequence, preview=text)
        house.redis.publish(keys.channel(job_id), codec.change_to_json(change))

    async with AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(house.hub.watch(job_id)) for _ in range(20)]
        reader = await stack.enter_async_context(house.hub.watch(job_id))
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        for sequence in range(1000, 1000 + count, 2):
            await asyncio.to_thread(publish, sequence, "preview")
            await asyncio.to_thread(publish, sequence + 1, "progress")
            while not any(
                seen.sequence > sequence for seen in await reader.next(sequence, 20) or ()
            ):
                pass
        kept_bytes, _ = tracemalloc.get_traced_memory()
        for watch in idle:
            assert [one.sequence for one in await watch.next(0, 1) or ()] == [1798, 1799]
    assert kept_bytes < 4 * 1024 * 1024


async def test_who_leaves_and_comes_back_at_once_still_hears(house: House) -> None:
    job_id = house.create()
    for _ in range(50):
        async with house.hub.watch(job_id):
            pass
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    await asyncio.to_thread(house.moves.cancel, job_id)
    async with asyncio.timeout(20):
        assert (await following)[-1].status is Status.CANCELLED


async def test_when_the_last_watcher_leaves_nothing_is_subscribed(house: House) -> None:
    job_id = house.create()
    async with house.hub.watch(job_id):
        assert house.subscriptions == 1
    await eventually(lambda: house.subscriptions == 0)
    assert house.hub.watchers == 0


async def test_after_a_lost_connection_a_watcher_catches_up(house: House) -> None:
    job_id = house.create()
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    house.redis.client_kill_filter(_type="pubsub")
    house.moves.cancel(job_id)
    async with asyncio.timeout(20):
        assert (await following)[-1].status is Status.CANCELLED


async def test_a_job_that_redis_has_lost_ends_with_the_truth(house: House) -> None:
    job_id = house.create()
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    house.redis.flushall()
    house.redis.client_kill_filter(_type="pubsub")
    async with asyncio.timeout(20):
        last = (await following)[-1]
    assert (last.status, last.failure and last.failure.code) == (Status.FAILED, "JOB_LOST")


async def test_a_message_that_is_no_change_does_not_silence_the_others(house: House) -> None:
    job_id = house.create()
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    house.redis.publish(keys.channel(job_id), "rubbish")
    await asyncio.to_thread(house.moves.cancel, job_id)
    async with asyncio.timeout(20):
        assert (await following)[-1].status is Status.CANCELLED


async def test_a_record_that_cannot_be_read_does_not_silence_the_others(house: House) -> None:
    jobs = [house.create() for _ in range(2)]
    following = [asyncio.create_task(house.follow(job_id)) for job_id in jobs]
    await house.watched(2)
    house.redis.hset(keys.state(jobs[0]), "result", "rubbish")
    house.redis.client_kill_filter(_type="pubsub")
    house.moves.cancel(jobs[1])
    async with asyncio.timeout(20):
        assert (await following[1])[-1].status is Status.CANCELLED
    following[0].cancel()


async def test_the_streams_of_a_job_that_redis_has_lost_end_and_no_others(house: House) -> None:
    lost, kept = [house.create() for _ in range(2)]
    following = [asyncio.create_task(house.follow(job_id)) for job_id in (lost, lost, kept)]
    await house.watched(3, streams=2)
    house.redis.delete(f"rq:job:{lost}")
    await LostJobs(house.hub, house.reader).look()
    async with asyncio.timeout(20):
        ends = [(await one)[-1] for one in following[:2]]
    assert [end.failure and end.failure.code for end in ends] == ["JOB_LOST"] * 2
    await asyncio.to_thread(house.moves.cancel, kept)
    assert (await following[2])[-1].status is Status.CANCELLED


async def test_many_watched_jobs_are_looked_for_in_few_questions(house: House) -> None:
    async with AsyncExitStack() as watching:
        for number in range(1200):
            await watching.enter_async_context(house.hub.watch(f"gen-{number}"))
        before = int(house.redis.info("commandstats")["cmdstat_evalsha"]["calls"])
        await LostJobs(house.hub, house.reader).look()
        after = int(house.redis.info("commandstats")["cmdstat_evalsha"]["calls"])
    assert after - before <= 6, "three batches, each sent again once the script is loaded"


async def test_the_close_ends_all_streams_and_later_ones_at_once(house: House) -> None:
    job_id = house.create()
    following = asyncio.create_task(house.follow(job_id))
    await house.watched(1)
    house.hub.close()
    assert not (await following)[-1].status.ended
    assert not (await house.follow(job_id))[-1].status.ended


@pytest.fixture
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DurableRedis]:
    with durable_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


async def test_streams_survive_a_restart_of_redis(durable: DurableRedis) -> None:
    with Redis.from_url(durable.url) as redis:
        async with (
            open_async_redis(durable.url) as async_redis,
            at_work(redis, async_redis) as house,
        ):
            job_id = house.create()
            following = asyncio.create_task(house.follow(job_id))
            await house.watched(1)
            durable.kill()
            await asyncio.to_thread(durable.start)
            await asyncio.to_thread(house.moves.cancel, job_id)
            async with asyncio.timeout(20):
                assert (await following)[-1].status is Status.CANCELLED
