"""Ends tasks that go on until they are cancelled, in whichever process they run."""

import asyncio
from collections.abc import Collection
from typing import Any

_AGAIN_SECONDS = 1.0


async def end(tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel `tasks` and return once all have ended.

    One cancellation is not enough: before Python 3.12, `asyncio.wait_for`, with which the Redis
    client writes, swallows one that arrives as it finishes (CPython's issue 86296).
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_SECONDS)
