"""Certificates that expire and are renewed under a channel that stays open."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from services.common.channels import open_channel
from services.common.process_settings import ServerSettings
from services.common.serve import running
from services.common.settings import load
from tests.servers.certificates import Authority

NAME, HOLD = "/test.Caller/Name", "/test.Caller/Hold"


class Caller:
    """Tells callers by which certificate they came, at once or when they may go."""

    def __init__(self) -> None:
        self.may_go = asyncio.Event()

    async def name(self, request: bytes, context: Any) -> bytes:
        name: bytes = context.auth_context()["x509_common_name"][0]
        return name

    async def hold(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        yield b"begun"
        await self.may_go.wait()
        yield await self.name(request, context)


def served(caller: Caller, server: grpc.aio.Server) -> None:
    """Add it to a server, as generated code does."""
    rpcs: dict[str, Any] = {
        "Name": grpc.unary_unary_rpc_method_handler(caller.name),
        "Hold": grpc.unary_stream_rpc_method_handler(caller.hold),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Caller", rpcs),))


def settings(authority: Authority, name: str) -> ServerSettings:
    return load(
        ServerSettings,
        {**authority.environ(name), "DRAIN_SECONDS": "0", "TLS_ALLOWED_CALLERS": "client"},
    )


async def test_an_expired_certificate_is_refused_and_its_successor_gets_in(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, client = settings(authority, "server"), settings(authority, "client")
    authority.sign("client", common_name="first", expired=True)
    async with (
        running(server, 0, [(served, Caller())]) as port,
        open_channel(f"localhost:{port}", client) as channel,
    ):
        ask: Any = channel.unary_unary(NAME)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ask(b"", timeout=5)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        authority.sign("client", common_name="second")
        assert await ask(b"", timeout=20) == b"second"


async def test_a_call_in_flight_ends_on_its_old_connection(tmp_path: Path) -> None:
    authority, caller = Authority(tmp_path), Caller()
    server, client = settings(authority, "server"), settings(authority, "client")
    authority.sign("client", common_name="first")
    async with (
        running(server, 0, [(served, caller)]) as port,
        open_channel(f"localhost:{port}", client) as channel,
    ):
        ask: Any = channel.unary_unary(NAME)
        hold: Any = channel.unary_stream(HOLD)
        held = aiter(hold(b"", timeout=60))
        assert await anext(held) == b"begun"
        authority.sign("client", common_name="second")
        assert await ask(b"", timeout=20) == b"second"
        caller.may_go.set()
        assert await anext(held) == b"first"


async def test_a_key_of_another_certificate_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority(tmp_path)
    server, client = settings(authority, "server"), settings(authority, "client")
    authority.sign("client", common_name="first")
    async with (
        running(server, 0, [(served, Caller())]) as port,
        open_channel(f"localhost:{port}", client) as channel,
    ):
        ask: Any = channel.unary_unary(NAME)
        assert await ask(b"", timeout=20) == b"first"
        (tmp_path / "client.key").write_bytes((tmp_path / "server.key").read_bytes())
        assert await ask(b"", timeout=20) == b"first"
        authority.sign("client", common_name="second")
        assert await ask(b"", timeout=20) == b"second"
    assert "the previous one stays" in caplog.text
