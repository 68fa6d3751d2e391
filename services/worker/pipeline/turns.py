"""Spares the resizer: only so many jobs of one worker are cut at once, the others wait here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, cast

from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.ports import Resizer


class InTurns:
    """A Resizer that lets `places` calls through. A call that waits has opened nothing yet."""

    def __init__(self, resizer: Resizer, places: int) -> None:
        self._resizer = resizer
        self._places = asyncio.Semaphore(places)

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        platforms: Sequence[str],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        async with self._places:
            cuts = self._resizer.resize(master, size_bytes, platforms, wishes)
            async with aclosing(cast(Any, cuts)):
                async for cut in cuts:
                    yield cut
