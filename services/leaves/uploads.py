"""Sends a stream of messages to a leaf while its answers are read."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.common.errors import AppError
from services.leaves.peer import BROKEN

logger = logging.getLogger(__name__)


@asynccontextmanager
async def uploading(call: Any, messages: AsyncIterator[Any]) -> AsyncIterator[None]:
    """Send `messages` for the length of the block, and end the call with it.

    Raises the AppError that `messages` raises: a source that cannot be read ends the call too.
    """
    upload = asyncio.create_task(_send(call, messages))
    try:
        yield
    except asyncio.CancelledError:
        if error := _reason(upload):
            raise error from None
        raise
    finally:
        call.cancel()
        upload.cancel()
        await asyncio.wait([upload])  # the source of `messages` may be closed only after this


async def _send(call: Any, messages: AsyncIterator[Any]) -> None:
    try:
        async for message in messages:
            await call.write(message)
        await call.done_writing()
    except AppError:
        call.cancel()
        raise
    except BROKEN as error:
        # The peer has ended the call; the reader of its answers learns why.
        logger.info("A peer stopped taking an upload: %r", error)


def _reason(upload: "asyncio.Task[None]") -> BaseException | None:
    """Return the error with which an upload ended the call, None if it did not."""
    return upload.exception() if upload.done() and not upload.cancelled() else None
