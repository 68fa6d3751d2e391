"""The port for probes: plain health checks and nothing else, beside TLS and without a server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2_grpc

from services.common.channels import open_channel
from services.common.health_port import healthy
from services.common.process_settings import ProcessSettings, ServerSettings
from services.common.refusal import CannotStart
from services.common.serve import Registration, running
from services.common.settings import load

PATIENCE_SECONDS = 20
SERVING = health_pb2.HealthCheckResponse.SERVING


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return str(one.getsockname()[1])


def settings(**environ: str) -> ServerSettings:
    return load(ServerSettings, {"DRAIN_SECONDS": "0", "GRACE_SECONDS": "1", **environ})


@asynccontextmanager
async def probe(port: str) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel


async def ask(channel: grpc.aio.Channel) -> int:
    stub = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
    reply = await stub.Check(
        health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS, wait_for_ready=True
    )
    return int(reply.status)


async def test_a_server_answers_probes_on_a_port_of_their_own_and_says_when_it_drains() -> None:
    port = free_port()
    server = running(settings(HEALTH_PORT=port, DRAIN_SECONDS="3"), 0, [])
    async with probe(port) as channel:
        await server.__aenter__()
        assert await ask(channel) == SERVING
        leaving = asyncio.ensure_future(server.__aexit__(None, None, None))
        await asyncio.sleep(0)
        assert await ask(channel) == health_pb2.HealthCheckResponse.NOT_SERVING
        await leaving


async def test_that_port_answers_nothing_but_health_checks() -> None:
    port = free_port()
    async with running(settings(HEALTH_PORT=port), 0, []), probe(port) as channel:
        await ask(channel)
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[no-untyped-call]
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            async for _ in stub.ServerReflectionInfo(iter(()), timeout=PATIENCE_SECONDS):
                pass
        assert refusal.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_process_that_serves_nothing_can_be_probed() -> None:
    port = free_port()
    async with healthy(load(ProcessSettings, {"HEALTH_PORT": port})), probe(port) as channel:
        assert await ask(channel) == SERVING


async def test_without_the_setting_there_is_no_such_port() -> None:
    async with healthy(load(ProcessSettings, {})):
        pass


async def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        with pytest.raises(CannotStart, match=f"{port} cannot be bound; .* another HEALTH_PORT"):
            async with healthy(load(ProcessSettings, {"HEALTH_PORT": port})):
                pass


async def test_an_old_connection_is_replaced_and_its_calls_go_on() -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(request: bytes, ctx: object) -> bytes:
        begun.set()
        await may_end.wait()
        return request

    def add(handler: Any, server: grpc.aio.Server) -> None:
        server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("test.Slow", {"Call": handler})]
        )

    aging = settings(CONNECTION_AGE_SECONDS="0.3")
    registration: Registration = (add, grpc.unary_unary_rpc_method_handler(slow))
    async with (
        running(aging, 0, [registration]) as port,
        open_channel(f"127.0.0.1:{port}", aging) as channel,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        method: Any = channel.unary_unary("/test.Slow/Call")
        call = method(b"hello")
        await begun.wait()
        # The server says goodbye to the connection, which makes the channel look for a new one.
        await channel.wait_for_state_change(grpc.ChannelConnectivity.READY)
        assert await ask(channel) == SERVING
        may_end.set()
        assert await call == b"hello"
