"""Waits for a server that may have been started at the same moment as this process."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def answer_of(
    ask: Callable[[], Awaitable[T]],
    silence: type[Exception],
    *,
    name: str,
    patience_seconds: float,
    again_seconds: float,
) -> T:
    """Return what `ask` returns once it no longer raises `silence`; the log says once that we wait.

    `name` is the server's in the log. Raises the last `silence` when there is no answer in time.
    """
    deadline, told = time.monotonic() + patience_seconds, False
    while True:
        try:
            return await ask()
        except silence as error:
            if time.monotonic() > deadline:
                raise
            if not told:
                logger.warning("Waiting for %s: %s", name, error)
            told = True
        await asyncio.sleep(again_seconds)
