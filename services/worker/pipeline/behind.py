"""Lets one call run behind its caller, who meanwhile waits for something else."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self


class Behind:
    """Runs one call at a time. None outlives the block: one that is under way when the block fails
    comes to its end first, and if the block is cancelled it is cancelled, too."""

    def __init__(self) -> None:
        self._call: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            await self.ended()
        elif self._call:
            if isinstance(error, asyncio.CancelledError):
                self._call.cancel()
            await asyncio.gather(self._call, return_exceptions=True)

    def begin(self, call: Coroutine[Any, Any, None]) -> None:
        """Begin a call. The last one must have ended."""
        self._call = asyncio.create_task(call)

    async def ended(self) -> None:
        """Return when no call is under way. Raises what the last one raised."""
        call, self._call = self._call, None
        if call:
            await call
