"""Bounds how many downloads one address may have under way: each holds memory until it is read."""

from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from services.common.errors import RateLimitExceeded
from services.common.interceptors import Context
from services.gateway.access.metadata import ClientAddresses

_PAUSE_SECONDS = 1.0


class DownloadLimit:
    """Counts the calls of `methods` that are under way, by the address of the client."""

    def __init__(self, addresses: ClientAddresses, methods: Collection[str], most: int) -> None:
        self._addresses = addresses
        self._methods = methods
        self._most = most
        self._under_way: Counter[str] = Counter()

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Count a download while it lasts. Raises RateLimitExceeded when there are too many."""
        if method not in self._methods:
            yield
            return
        address = self._addresses.of(ctx)
        if self._under_way[address] >= self._most:
            raise RateLimitExceeded(
                f"Your address has {self._most} downloads under way. Please read them first.",
                retry_after_seconds=_PAUSE_SECONDS,
            )
        self._under_way[address] += 1
        try:
            yield
        finally:
            self._under_way[address] -= 1
            if not self._under_way[address]:
                del self._under_way[address]
