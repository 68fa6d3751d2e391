"""Waits for replicas, so that a failover undoes nothing that callers or purchases rely on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.jobs import keys

_WAIT_SECONDS = 1.0
_MARK_KEPT_SECONDS = 60


class NotReplicated(RedisError):
    """What was written may be gone after the loss of a server."""


class Replication:
    """Knows how many replicas must have a write before anything may depend on it."""

    def __init__(self, redis: Redis, replicas: int) -> None:
        self._redis = redis
        self._replicas = replicas
        self._history = ""

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """Leave the block once enough replicas have what was written in it, by any connection.

        Raises NotReplicated when too few have, or when there was a failover in between: then
        nobody knows which server took the write. Also raises RedisError.
        """
        if not self._replicas:
            yield
            return
        before = self._history or await self._look()
        yield
        if await self._wait() != before:
            raise NotReplicated("Redis has failed over during the call")

    async def _wait(self) -> str:
        """Wait until the replicas have everything up to a mark, and return whose history that is.

        A server changes the name of its history when it becomes the primary or restarts.
        """
        pipe = self._redis.pipeline(transaction=False)
        pipe.set(keys.REPLICATED, "1", ex=_MARK_KEPT_SECONDS)
        pipe.wait(self._replicas, round(_WAIT_SECONDS * 1000))
        pipe.info("replication")
        _, reached, told = await pipe.execute()
        self._history = str(told["master_replid"])
        if reached < self._replicas:
            raise NotReplicated(f"{reached} of {self._replicas} replicas have the last writes")
        return self._history

    async def _look(self) -> str:
        told = await self._redis.info("replication")
        self._history = str(told["master_replid"])
        return self._history
