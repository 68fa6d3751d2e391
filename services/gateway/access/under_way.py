"""Bounds how many long calls one client may have under way: each holds memory until its end."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.common.errors import RateLimitExceeded
from services.common.interceptors import Context

_PAUSE_SECONDS = 1.0


class UnderWay:
    """Counts the calls that are under way, by what `client` says of a call.

    `refusal` is the message for one too many; `{most}` in it is how many there may be.
    """

    def __init__(
        self,
        *,
        most: int,
        client: Callable[[Context], str],
        refusal: str,
    ) -> None:
        self._most = most
        self._client = client
        self._refusal = refusal.format(most=most)
        self._under_way: Counter[str] = Counter()

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Count a call while it lasts. Raises RateLimitExceeded when there are too many."""
        client = self._client(ctx)
        if self._under_way[client] >= self._most:
            raise RateLimitExceeded(self._refusal, retry_after_seconds=_PAUSE_SECONDS)
        self._under_way[client] += 1
        try:
            yield
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]
