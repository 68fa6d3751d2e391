"""What the calls to all services share: patience, faults, facts of images."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from services.common.assets import Facts
from services.common.errors import Unavailable, from_rpc

BROKEN = (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.InvalidStateError)
"""What gRPC raises when the peer has ended a call, by what we were doing at that moment."""

_COULD_NOT_SEND = "Internal error from Core"
_LOOKS, _LOOK_SECONDS = 30, 0.01


async def reach(channel: grpc.aio.Channel, service: str, seconds: float) -> None:
    """Wait for a service that is being restarted: that should cost no job an attempt."""
    try:
        async with asyncio.timeout(seconds):
            await channel.channel_ready()
    except TimeoutError as error:
        raise Unavailable(f"The {service} does not answer.") from error


@asynccontextmanager
async def speaking_to(service: str, call: Any) -> AsyncIterator[None]:
    """Raise what the peer raised in `call`."""
    ending = _Ending(call)
    try:
        yield
    except BROKEN as failure:
        raise from_rpc(await ending.told(), service) from failure


class _Ending:
    """How the peer ended a call: that it is full, for example.

    A message of ours that is just then on its way fails, and gRPC lets that failure take the place
    of what the peer said, before it or after it.
    """

    def __init__(self, call: Any) -> None:
        self._call = call
        self._first: grpc.aio.AioRpcError | None = None
        call.add_done_callback(self._note)

    def _note(self, call: Any) -> None:
        with contextlib.suppress(StopIteration):
            self._look().send(None)  # all is there, so it ends without a wait

    async def _look(self) -> None:
        self._first = self._first or await _status(self._call)

    async def told(self) -> grpc.aio.AioRpcError:
        """Return it."""
        for _ in range(_LOOKS):
            for seen in (self._first, await _status(self._call)):
                if seen and seen.details() != _COULD_NOT_SEND:
                    return seen
            await asyncio.sleep(_LOOK_SECONDS)
        return await _status(self._call)


async def _status(call: Any) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(
        await call.code(),
        await call.initial_metadata(),
        await call.trailing_metadata(),
        await call.details(),
    )


def facts_of(header: Any) -> Facts:
    """Return the facts of an image from the header that announces it."""
    return Facts(
        content_type=header.content_type,
        width=header.width,
        height=header.height,
        size_bytes=header.size_bytes,
        sha256=header.sha256,
    )
