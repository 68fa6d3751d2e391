"""Reads the request of an rpc at a point where a mistake in it can be reported properly."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from services.common.errors import InvalidRequest

_Context = grpc.aio.ServicerContext[Any, Any]


class ReadingInterceptor(grpc.aio.ServerInterceptor):
    """Reads requests inside the layers around an rpc.

    gRPC would read them before any layer runs, and would answer bytes that are not a message of
    the rpc, or a text that is not UTF-8, with UNKNOWN and a library's message. Request streams are
    still read by gRPC.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the handler of the rpc, which is given bytes and reads them itself."""
        handler = await continuation(details)
        if handler is None or handler.request_streaming or not handler.request_deserializer:
            return handler
        read = handler.request_deserializer
        if handler.response_streaming:
            wrapped = {"unary_stream": _stream(handler.unary_stream, read)}
        else:
            wrapped = {"unary_unary": _unary(handler.unary_unary, read)}
        return handler._replace(request_deserializer=None, **wrapped)


def _unary(behaviour: Any, read: Callable[[bytes], Any]) -> Any:
    async def call(sent: bytes, ctx: _Context) -> Any:
        return await behaviour(_message(read, sent), ctx)

    return call


def _stream(behaviour: Any, read: Callable[[bytes], Any]) -> Any:
    async def call(sent: bytes, ctx: _Context) -> AsyncIterator[Any]:
        async with aclosing(behaviour(_message(read, sent), ctx)) as responses:
            async for response in responses:
                yield response

    return call


def _message(read: Callable[[bytes], Any], sent: bytes) -> Any:
    try:
        return read(sent)
    except DecodeError as error:
        raise InvalidRequest(
            "The request is not a message of this rpc, or contains a text that is not UTF-8."
        ) from error
