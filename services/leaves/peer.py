"""How a leaf is called: with patience and a deadline, and with every fault as one of our errors."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from services.common.channels import call_options
from services.common.errors import Unavailable
from services.common.rpc_errors import from_rpc

BROKEN = (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.InvalidStateError)
"""What gRPC raises when the peer has ended a call, depending on what we were doing at the time."""

_COULD_NOT_SEND = "Internal error from Core"
_LOOKS, _LOOK_SECONDS = 30, 0.01

Method = Callable[..., Any]
"""A method of a stub."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A leaf service: its name in messages, and how long its caller waits.

    `connect_seconds` bridges the restart of a service, which should cost no job an attempt;
    with 0, a call does not wait for a connection.
    """

    name: str
    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float = 0.0

    async def ask(self, method: Method, request: Any) -> Any:
        """Return the answer to one request. Raises AppError."""
        await self._reach()
        try:
            return await method(request, **call_options(self.timeout_seconds))
        except grpc.aio.AioRpcError as failure:
            raise from_rpc(failure, self.name) from failure

    @asynccontextmanager
    async def calling(self, method: Method, *request: Any) -> AsyncIterator[Any]:
        """Hold a call for the length of the block. Raises the AppError that the peer raised."""
        await self._reach()
        call = method(*request, **call_options(self.timeout_seconds))
        try:
            async with self.hearing(call):
                yield call
        finally:
            call.cancel()

    @asynccontextmanager
    async def hearing(self, call: Any) -> AsyncIterator[None]:
        """Raise what the peer raised in `call`: for reading on outside a block of `calling`."""
        ending = _Ending(call)
        try:
            yield
        except BROKEN as failure:
            raise from_rpc(await ending.told(), self.name) from failure

    async def exactly(
        self, call: Any, responses: AsyncIterator[Any], size_bytes: int
    ) -> AsyncIterator[bytes]:
        """Yield the chunks of so many bytes, and leave unread what `responses` has behind them.

        Raises the AppError that the peer raised, and Unavailable if the bytes end too early.
        """
        left = size_bytes
        async with self.hearing(call):
            while left > 0:
                response = await anext(responses, None)
                if response is None or not response.chunk:
                    raise Unavailable(f"The {self.name} broke off in the middle of an image.")
                left -= len(response.chunk)
                yield response.chunk

    async def _reach(self) -> None:
        connected = self.channel.get_state() is grpc.ChannelConnectivity.READY
        if connected or not self.connect_seconds:
            return
        try:
            async with asyncio.timeout(self.connect_seconds):
                await self.channel.channel_ready()
        except TimeoutError as error:
            raise Unavailable(f"The {self.name} does not answer.") from error


class _Ending:
    """Find out how the peer ended a call, for example because it is full.

    A message that we are sending at that moment fails, and gRPC lets that failure hide what the
    peer said, whichever of the two came first.
    """

    def __init__(self, call: Any) -> None:
        self._call = call
        self._first: grpc.aio.AioRpcError | None = None
        call.add_done_callback(self._note)

    def _note(self, call: Any) -> None:
        with contextlib.suppress(StopIteration):
            self._look().send(None)  # everything is known by now, so this does not wait

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
