"""Live changes of jobs: one Redis subscription for all watchers of this process."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from services.common.backoff import Backoff
from services.common.errors import JobNotFound
from services.gateway.events.watch import Watch
from services.jobs import codec, keys
from services.jobs.lost import lost
from services.jobs.reader import Reader
from services.jobs.values import Change, Job

logger = logging.getLogger(__name__)

_PREFIX = keys.channel("")
_MARK_ID = "none"
_MARK = keys.channel(_MARK_ID)
_CONFIRM_SECONDS = 2.0
_PING_SECONDS = 10.0
_BACKOFF = Backoff(first_seconds=0.2, longest_seconds=5.0)


class _Channel:
    """The watchers of one job, and whether Redis has confirmed its subscription."""

    def __init__(self) -> None:
        self.watches: set[Watch] = set()
        self.subscribed = asyncio.Event()


class EventHub:
    """Hands the changes that Redis publishes to the watchers of this process."""

    def __init__(self, redis: Redis, reader: Reader) -> None:
        self._redis = redis
        self._reader = reader
        self._channels: dict[str, _Channel] = {}
        self._pubsub: PubSub | None = None
        self._telling = asyncio.Lock()
        self._unconfirmed: Counter[str] = Counter()
        self._failures = 0
        self._closed = False

    @property
    def watchers(self) -> int:
        """How many streams are open."""
        return sum(len(channel.watches) for channel in self._channels.values())

    @property
    def watched(self) -> list[str]:
        """The jobs that are watched."""
        return list(self._channels)

    def end_lost(self, job_id: str) -> None:
        """End the streams of a job that Redis no longer knows."""
        if channel := self._channels.get(job_id):
            for watch in channel.watches:
                watch.begin_anew(lost())

    @asynccontextmanager
    async def watch(self, job_id: str, wake: asyncio.Event | None = None) -> AsyncIterator[Watch]:
        """Yield a Watch that misses nothing that happens to the job from now on."""
        watch = Watch(wake)
        if self._closed:
            watch.close()
        channel = self._channels.setdefault(job_id, _Channel())
        channel.watches.add(watch)
        try:
            if len(channel.watches) == 1:
                await self._subscribe(job_id)
            # While Redis is away nobody waits: watchers catch up when it is back.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRM_SECONDS):
                    await channel.subscribed.wait()
            yield watch
        finally:
            channel.watches.discard(watch)
            if not channel.watches and self._channels.get(job_id) is channel:
                del self._channels[job_id]
                await self._unsubscribe(job_id)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        for channel in self._channels.values():
            for watch in channel.watches:
                watch.close()

    async def run(self) -> None:
        """Listen until cancelled; reconnect with backoff, and then deliver what was missed."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await self._begin(pubsub)
                    await self._listen(pubsub)
            except (RedisError, OSError) as error:
                logger.warning("The connection to Redis was lost, trying again: %s", error)
            except Exception:  # without this loop all streams would fall silent
                logger.exception("Listening to Redis failed; trying again")
            finally:
                self._pubsub = None
            self._failures += 1
            await asyncio.sleep(_BACKOFF.pause_seconds(self._failures))

    async def _begin(self, pubsub: PubSub) -> None:
        """Subscribe to everything that is watched. The last confirmation, for a channel that is
        never used, means that all other subscriptions stand."""
        async with self._telling:
            self._unconfirmed = Counter(list(self._channels))
            names = [*map(keys.channel, self._channels), _MARK]
            self._pubsub = pubsub
            await pubsub.subscribe(*names)

    async def _listen(self, pubsub: PubSub) -> None:
        """Deliver messages until the connection fails or is silent for two pings."""
        silent = 0
        while silent < 2:
            message = await pubsub.get_message(timeout=_PING_SECONDS)
            if message is None:
                silent += 1
                await pubsub.ping()
                continue
            silent = 0
            job_id = (message["channel"] or b"").decode().removeprefix(_PREFIX)
            if message["type"] == "subscribe" and job_id == _MARK_ID:
                self._failures = 0
                await self._catch_up()
            elif message["type"] == "subscribe":
                self._confirm(job_id)
            elif message["type"] == "message" and (channel := self._channels.get(job_id)):
                change = codec.change_from_json(message["data"])
                for watch in channel.watches:
                    watch.put(change)
        raise RedisConnectionError("no answer to a ping")

    async def _catch_up(self) -> None:
        for job_id, channel in list(self._channels.items()):
            try:
                state = as_change(await self._reader.get(job_id))
            except JobNotFound:
                state = lost()
            except RedisError:
                raise
            except Exception:  # one unreadable record must not silence all streams
                logger.exception("A watched job cannot be read", extra={"job_id": job_id})
                continue
            for watch in channel.watches:
                watch.begin_anew(state)

    # Commands go out one after the other, or an old unsubscribe could overtake a new subscribe.

    async def _subscribe(self, job_id: str) -> None:
        async with self._telling:
            if self._pubsub and job_id in self._channels:
                self._unconfirmed[job_id] += 1
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.subscribe(keys.channel(job_id))

    async def _unsubscribe(self, job_id: str) -> None:
        async with self._telling:
            if self._pubsub and job_id not in self._channels:
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.unsubscribe(keys.channel(job_id))

    def _confirm(self, job_id: str) -> None:
        """Note a confirmation; only that of the last subscription says that it stands."""
        self._unconfirmed[job_id] -= 1
        if self._unconfirmed[job_id] <= 0:
            del self._unconfirmed[job_id]
            if channel := self._channels.get(job_id):
                channel.subscribed.set()


def as_change(job: Job) -> Change:
    """Return the state of `job` in the form of a change."""
    return Change(
        type="done" if job.status.ended else "status",
        status=job.status,
        progress=job.progress,
        message=job.message,
        sequence=job.sequence,
        at=job.finished_at or job.processed_at or job.created_at,
        result=job.result,
        failure=job.failure,
        next_run_at=job.next_run_at,
        images=job.images,
    )
