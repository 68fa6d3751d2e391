"""Tells callers of a change only once it would survive the loss of a Redis server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.interceptors import Context
from services.jobs.replication import Replication


class Acknowledging:
    """Stands around the rpcs that change something."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Answer when enough replicas have the change. Raises RedisError."""
        async with self._replication.lasting():
            yield
