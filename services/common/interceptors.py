"""What happens around every rpc of every service: request id, log, span, metrics, errors."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import grpc

from services.common import context
from services.common.errors import AppError, InternalError
from services.common.rpc_errors import to_status
from services.common.telemetry import Telemetry

logger = logging.getLogger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
Around = Callable[[Context, str], AbstractAsyncContextManager[None]]
BeforeResponse = Callable[[Context], Awaitable[None]]
Metadata = tuple[tuple[str, str | bytes], ...]

_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
_QUIET = ("/grpc.health.", "/grpc.reflection.")
_PROBE = "/GetHealth"
"""The name of an rpc that tells how healthy a service is: whoever watches it calls all the time."""
_FAULTS = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
"""The codes that mean a fault of the server, not of the caller."""


async def _nothing(ctx: Context) -> None:
    pass


class AroundInterceptor(grpc.aio.ServerInterceptor):
    """Runs rpcs, of whatever kind, inside async context managers, the first one outermost.

    `before_response` runs when the first response of an rpc is ready, or when a stream ends
    without any: the last moment for initial metadata. Rpcs that are not among `methods`, if those
    are given, are left alone: each layer costs time, and memory as long as a stream is open.

    A handler is wrapped once, at its first call, and the interceptors within are not asked again:
    what depends on a call belongs into a layer.
    """

    def __init__(
        self,
        *arounds: Around,
        before_response: BeforeResponse = _nothing,
        methods: Collection[str] | None = None,
    ) -> None:
        self._arounds = arounds
        self._before_response = before_response
        self._methods = methods
        self._handlers: dict[str, Any] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the handler of the rpc, wrapped."""
        known = self._handlers.get(details.method)
        if known:
            return known
        handler = await continuation(details)
        if handler is None:
            return None
        if self._methods is None or details.method in self._methods:
            kind = next(kind for kind in _KINDS if getattr(handler, kind))
            wrap = self._stream if handler.response_streaming else self._unary
            handler = handler._replace(**{kind: wrap(getattr(handler, kind), details.method)})
        self._handlers[details.method] = handler
        return handler

    def _unary(self, behaviour: Any, method: str) -> Any:
        async def answer(request: Any, ctx: Context) -> Any:
            response = await behaviour(request, ctx)
            await self._before_response(ctx)
            return response

        within = answer
        for around in reversed(self._arounds):
            within = _within(around, method, within)

        async def call(request: Any, ctx: Context) -> Any:
            context.request.set(request)
            return await within(request, ctx)

        return call

    def _stream(self, behaviour: Any, method: str) -> Any:
        async def call(request: Any, ctx: Context) -> AsyncIterator[Any]:
            context.request.set(request)
            responses = behaviour(request, ctx)
            async with AsyncExitStack() as layers:
                for around in self._arounds:
                    await layers.enter_async_context(around(ctx, method))
                await layers.enter_async_context(aclosing(responses))
                begun = False
                async for response in responses:
                    if not begun:
                        await self._before_response(ctx)
                        begun = True
                    yield response
                if not begun:
                    await self._before_response(ctx)

        return call


def _within(around: Around, method: str, behaviour: Any) -> Any:
    async def call(request: Any, ctx: Context) -> Any:
        async with around(ctx, method):
            return await behaviour(request, ctx)

    return call


def request_log(telemetry: Telemetry) -> Around:
    """Return the layer that adopts or makes the request id, and reports each finished rpc: one log
    line, and a span and metrics if they are turned on."""

    @asynccontextmanager
    async def around(ctx: Context, method: str) -> AsyncIterator[None]:
        metadata = dict(ctx.invocation_metadata() or ())
        context.set_request_id(str(metadata.get(context.REQUEST_ID_KEY, "")))
        context.set_traceparent(str(metadata.get(context.TRACEPARENT_KEY, "")))
        if method.startswith(_QUIET):
            yield
            return
        began, given_up = time.monotonic(), False
        service, _, rpc = method[1:].partition("/")
        facts = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": rpc}
        facts["snapasset.request_id"] = context.request_id.get()
        with telemetry.span(method[1:], "SERVER", facts) as told:
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit):
                given_up = True
                raise
            finally:
                seconds = time.monotonic() - began
                code = ctx.code()
                ended = code.name if isinstance(code, grpc.StatusCode) else "OK"
                outcome = "CANCELLED" if given_up else ended
                took = {"took_ms": round(seconds * 1000, 1)}
                logger.log(_level(method, outcome), "%s %s", method, outcome, extra=took)
                told(outcome, failed=outcome in _FAULTS)
                if telemetry.calls:
                    telemetry.calls.ended(method, outcome, seconds)

    return around


def _level(method: str, outcome: str) -> int:
    return logging.DEBUG if method.endswith(_PROBE) and outcome == "OK" else logging.INFO


@asynccontextmanager
async def speak_errors(ctx: Context, method: str) -> AsyncIterator[None]:
    """Turn an AppError into a gRPC status, and anything unexpected into an InternalError."""
    try:
        yield
    except AppError as error:
        await abort(ctx, error)
    except grpc.aio.AbortError:
        raise
    except Exception:  # a mistake of ours: the caller gets the request id, the log gets everything
        logger.exception("%s failed unexpectedly", method)
        await abort(ctx, InternalError("Something went wrong on our side. Please try again."))


async def abort(ctx: Context, error: AppError) -> None:
    """End the rpc with `error` and its details, after the trailers that are set already."""
    trailing: Metadata = (
        *(ctx.trailing_metadata() or ()),
        ("grpc-status-details-bin", to_status(error).SerializeToString()),
    )
    await ctx.abort(error.grpc_code, error.message, trailing)
