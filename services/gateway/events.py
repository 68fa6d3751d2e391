"""Live changes of jobs: one Redis subscription for all watchers of this process."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from services.common.errors import JobNotFound
from services.gateway.jobs import codec, keys
from services.gateway.jobs.reader import Reader
from services.gateway.jobs.values import Change, Failure, Job, Status

logger = logging.getLogger(__name__)

_PREFIX = keys.channel("")
_MARK = keys.channel("none")
_CONFIRM_SECONDS = 2.0
_PING_SECONDS = 10.0
_FIRST_BACKOFF_SECONDS, _LAST_BACKOFF_SECONDS = 0.2, 5.0


class Watch:
    """What one watcher still has to see: the latest change and the latest preview, no backlog."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._latest: Change | None = None
        self._preview: Change | None = None
        self._closed = False

    def put(self, change: Change) -> None:
        """Offer a change; one that is older than what was seen is ignored."""
        if change.type == "preview":
            self._preview = change
        elif self._latest is None or change.sequence > self._latest.sequence:
            self._latest = change
        self._wake.set()

    def close(self) -> None:
        """Let the watcher end its stream: the process stops."""
        self._closed = True
        self._wake.set()

    async def next(self, seen: int, timeout_seconds: float) -> list[Change] | None:
        """Return what happened after sequence `seen`: [] after the timeout, None when closed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while not self._closed:
                    await self._wake.wait()
                    self._wake.clear()
                    if new := self._after(seen):
                        return new
        return None if self._closed else []

    def _after(self, seen: int) -> list[Change]:
        offered = [change for change in (self._preview, self._latest) if change]
        self._preview = None
        return sorted((c for c in offered if c.sequence > seen), key=lambda c: c.sequence)


class _Channel:
    """The watchers of one job, and whether Redis has confirmed the subscription."""

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
        self._closed = False

    @property
    def watchers(self) -> int:
        """How many streams are open."""
        return sum(len(channel.watches) for channel in self._channels.values())

    @asynccontextmanager
    async def watch(self, job_id: str) -> AsyncIterator[Watch]:
        """Give a Watch that misses nothing that happens to the job from now on."""
        watch = Watch()
        if self._closed:
            watch.close()
        channel = self._channels.setdefault(job_id, _Channel())
        channel.watches.add(watch)
        try:
            if len(channel.watches) == 1:
                await self._tell_redis("subscribe", job_id)
            # When Redis is away, whoever comes back catches up; nobody has to wait for that.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRM_SECONDS):
                    await channel.subscribed.wait()
            yield watch
        finally:
            channel.watches.discard(watch)
            if not channel.watches and self._channels.get(job_id) is channel:
                del self._channels[job_id]
                await self._tell_redis("unsubscribe", job_id)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        for channel in self._channels.values():
            for watch in channel.watches:
                watch.close()

    async def run(self) -> None:
        """Listen until cancelled; reconnect with backoff, and then tell what was missed."""
        backoff = _FIRST_BACKOFF_SECONDS
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    # Confirmations come in order: the last one, of a channel that is never used,
                    # means that all others stand.
                    names = [*map(keys.channel, self._channels), _MARK]
                    await pubsub.subscribe(*names)
                    self._pubsub = pubsub
                    await self._listen(pubsub)
            except (RedisError, OSError) as error:
                logger.warning("Lost Redis, trying again: %s", error)
            finally:
                self._pubsub = None
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, _LAST_BACKOFF_SECONDS)

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
            name = (message["channel"] or b"").decode()
            channel = self._channels.get(name.removeprefix(_PREFIX))
            if message["type"] == "subscribe" and name == _MARK:
                await self._catch_up()
            elif message["type"] == "subscribe" and channel:
                channel.subscribed.set()
            elif message["type"] == "message" and channel:
                _deliver(channel, codec.change_from_json(message["data"]))
        raise RedisConnectionError("no answer to a ping")

    async def _catch_up(self) -> None:
        for job_id, channel in list(self._channels.items()):
            try:
                _deliver(channel, as_change(await self._reader.get(job_id)))
            except JobNotFound:
                _deliver(channel, lost())

    async def _tell_redis(self, command: str, job_id: str) -> None:
        if self._pubsub:
            with contextlib.suppress(RedisError, OSError):
                await getattr(self._pubsub, command)(keys.channel(job_id))


def _deliver(channel: _Channel, change: Change) -> None:
    for watch in channel.watches:
        watch.put(change)


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
    )


def lost() -> Change:
    """Return the end of a job that Redis no longer knows: it was restarted without its data."""
    text = "The service lost this job. Please create it again."
    return Change(
        type="done",
        status=Status.FAILED,
        progress=0,
        message=text,
        sequence=2**31 - 1,
        at=datetime.now(UTC),
        failure=Failure(code="JOB_LOST", message=text, retryable=False),
    )
