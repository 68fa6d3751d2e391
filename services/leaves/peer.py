"""How a leaf is called: with patience and a deadline, and every fault of a call as our error."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from services.common.channels import call_options
from services.common.errors import Unavailable, from_rpc

BROKEN = (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.InvalidStateError)
"""What gRPC raises when the peer has ended a call, by what we were doing at that moment."""

_COULD_NOT_SEND = "Internal error from Core"
_LOOKS, _LOOK_SECONDS = 30, 0.01

Method = Callable[..., Any]
"""A method of a stub."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A leaf service: its name in messages, and how long its caller waits.

    `connect_seconds` is for a service that is being restarted, which should cost no job an
    attempt; 0 asks without waiting.
    """

    name: str
    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float = 0.0

    async def ask(self, method: Method, request: Any) -> Any:
        """Return the answer to one request. Raises AppError."""
        async with self.calling(method, request) as call:
            return await call

    @asynccontextmanager
    async def calling(self, method: Method, *request: Any) -> AsyncIterator[Any]:
        """Begin a call, and end it with the block. Raises what the peer raised in it, AppError."""
        await self._reach()
        call = method(*request, **call_options(self.timeout_seconds))
        try:
            async with self.hearing(call):
                yield call
        finally:
            call.cancel()

    @asynccontextmanager
    async def hearing(self, call: Any) -> AsyncIterator[None]:
        """Raise what the peer raised in `call`: for who reads on outside of `calling`'s block."""
        ending = _Ending(call)
        try:
            yield
        except BROKEN as failure:
            raise from_rpc(await ending.told(), self.name) from failure

    async def _reach(self) -> None:
        if not self.connect_seconds:
            return
        try:
            async with asyncio.timeout(self.connect_seconds):
                await self.channel.channel_ready()
        except TimeoutError as error:
            raise Unavailable(f"The {self.name} does not answer.") from error


class _Ending:
    """How the peer ended a call: that it is full, for example.

    A message of ours that is on its way at that moment fails, and gRPC lets that failure take the
    place of what the peer said, before it or after it.
    """

    def __init__(self, call: Any) -> None:
        self._call = call
        self._first: grpc.aio.AioRpcError | None = None
        call.add_done_callback(self._note)

    def _note(self, call: Any) -> None:
        with contextlib.suppress(StopIteration):
            self._look().send(None)  # everything is known by now, so this ends without a wait

    async def _look(self) -> None:
        self._first = self._first or await _status(self._call)

    async def told(self) -> grpc.aio.AioRpcError:
        """Return what the peer said."""
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
