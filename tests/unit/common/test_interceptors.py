"""The layers around rpcs: their order, and which rpcs they concern."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import grpc
import pytest

from services.common.interceptors import Around, AroundInterceptor, Context, request_log
from services.common.telemetry import Telemetry

CTX = cast(Context, None)
ONE, OTHER = "/example.Service/One", "/example.Service/Other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    method: str


def layer(name: str, seen: list[str]) -> Around:
    @asynccontextmanager
    async def around(ctx: Context, method: str) -> AsyncIterator[None]:
        seen.append(f"{name} begins")
        try:
            yield
        finally:
            seen.append(f"{name} ends")

    return around


async def handler_of(interceptor: AroundInterceptor, method: str, inner: Any) -> Any:
    async def continuation(details: grpc.HandlerCallDetails) -> Any:
        return inner

    return await interceptor.intercept_service(continuation, cast(Any, Details(method=method)))


async def test_the_first_layer_is_the_outermost() -> None:
    seen: list[str] = []

    async def answer(request: str, ctx: Context) -> str:
        seen.append(request)
        return "pong"

    async def before_response(ctx: Context) -> None:
        seen.append("headers")

    layers = AroundInterceptor(
        layer("outer", seen), layer("inner", seen), before_response=before_response
    )
    handler = await handler_of(layers, ONE, grpc.unary_unary_rpc_method_handler(cast(Any, answer)))
    assert await handler.unary_unary("ping", CTX) == "pong"
    assert seen == [
        "outer begins", "inner begins", "ping", "headers", "inner ends", "outer ends",
    ]  # fmt: skip


async def test_a_stream_that_its_reader_leaves_ends_from_the_inside_out() -> None:
    seen: list[str] = []

    async def answers(request: str, ctx: Context) -> AsyncIterator[str]:
        try:
            yield request
            yield request
        finally:
            seen.append("stream ends")

    layers = AroundInterceptor(layer("outer", seen), layer("inner", seen))
    handler = await handler_of(
        layers, ONE, grpc.unary_stream_rpc_method_handler(cast(Any, answers))
    )
    stream = handler.unary_stream("ping", CTX)
    assert await anext(stream) == "ping"
    await stream.aclose()
    assert seen == ["outer begins", "inner begins", "stream ends", "inner ends", "outer ends"]


async def test_a_handler_is_wrapped_once() -> None:
    async def answer(request: str, ctx: Context) -> str:
        return request

    layers = AroundInterceptor(layer("outer", []))
    handler: Any = grpc.unary_unary_rpc_method_handler(cast(Any, answer))
    wrapped = await handler_of(layers, ONE, handler)
    assert await handler_of(layers, ONE, None) is wrapped
    assert await handler_of(layers, OTHER, handler) is not wrapped


async def test_other_methods_are_left_alone() -> None:
    async def answer(request: str, ctx: Context) -> str:
        return request

    layers = AroundInterceptor(layer("outer", []), methods={ONE})
    handler: Any = grpc.unary_unary_rpc_method_handler(cast(Any, answer))
    assert await handler_of(layers, OTHER, handler) is handler
    assert await handler_of(layers, ONE, handler) is not handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The context of an rpc that has ended, with `status` set if it failed."""

    status: grpc.StatusCode | None

    def invocation_metadata(self) -> None:
        return None

    def code(self) -> grpc.StatusCode | None:
        return self.status


@pytest.mark.parametrize(
    ("method", "status", "lines"),
    [
        (ONE, None, [f"{ONE} OK"]),
        ("/example.SiteService/GetHealth", None, []),
        (
            "/example.SiteService/GetHealth",
            grpc.StatusCode.INTERNAL,
            ["/example.SiteService/GetHealth INTERNAL"],
        ),
        ("/grpc.health.v1.Health/Check", grpc.StatusCode.INTERNAL, []),
    ],
)
async def test_every_rpc_is_a_line_of_the_log_but_a_probe_that_succeeds(
    method: str,
    status: grpc.StatusCode | None,
    lines: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with request_log(Telemetry())(cast(Any, Ended(status=status)), method):
        pass
    assert [record.message for record in caplog.records] == lines
