"""Lets work that has cost money go on when its attempt is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from services.jobs.cut_off import GIVEN_UP_SECONDS

T = TypeVar("T")


class Rescue:
    """Guards the purchases of one attempt: once `paid`, a purchase outlives the attempt."""

    def __init__(self) -> None:
        self.paid = False
        self._going_on: asyncio.Task[Any] | None = None

    async def guard(self, purchase: Coroutine[Any, Any, T]) -> T:
        """Return what `purchase` returns. Cancelling this cancels it too, unless it is paid for."""
        self.paid = False
        task = asyncio.create_task(purchase)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if self.paid:
                self._going_on = task
            else:
                task.cancel()
                await asyncio.wait([task])
            raise

    async def end(self) -> None:
        """Return when nothing is going on any more, after some seconds at most."""
        if task := self._going_on:
            await asyncio.wait([task], timeout=GIVEN_UP_SECONDS)
            task.cancel()
            await asyncio.wait([task])
