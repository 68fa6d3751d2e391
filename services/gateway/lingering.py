"""Reads the rest of a refused upload, so that its sender gets to see why.

Over HTTP/1.1, a client sends its whole body before it looks at the answer. If we answered earlier,
the connection would be closed with bytes still on their way, and the answer lost with it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from services.common.errors import AppError, RequestTimeout
from services.common.interceptors import Context
from services.gateway.rest_paths import ORIGINAL_PATH

_MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 15.0
"""Within these bounds; whoever sends more, or more slowly, may miss the answer."""


class LingerInterceptor(grpc.aio.ServerInterceptor):
    """Reads on where an rpc that takes a stream fails. A gRPC client needs no such help."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the handler of the rpc, wrapped if it takes a stream."""
        handler = await continuation(details)
        if handler is None or not handler.stream_unary:
            return handler
        return handler._replace(stream_unary=_patient(handler.stream_unary))


def _patient(behaviour: Any) -> Any:
    async def call(parts: AsyncIterator[Message], ctx: Context) -> Any:
        try:
            return await behaviour(parts, ctx)
        except RequestTimeout:
            raise  # it has waited long enough
        except AppError:
            if ORIGINAL_PATH not in dict(ctx.invocation_metadata() or ()):
                raise
            with contextlib.suppress(TimeoutError, grpc.RpcError, asyncio.InvalidStateError):
                async with asyncio.timeout(_SECONDS):
                    await _read_on(parts)
            raise

    return call


async def _read_on(parts: AsyncIterator[Message]) -> None:
    left = _MOST_BYTES
    async for part in parts:
        left -= part.ByteSize()
        if left < 0:
            return
