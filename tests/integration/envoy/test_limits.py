"""What a client can tie down is bounded, and others are served meanwhile."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from deploy.envoy.settings import EnvoySettings
from deploy.local.ports import choose_ports
from tests.eventually import eventually
from tests.raw_http2 import Http2, request
from tests.servers.canned_gateway import IMAGE, CannedJobs, running_gateway
from tests.servers.envoy import running_envoy

DEFAULTS = EnvoySettings()
MIB = 1024 * 1024

_PATIENCE_SECONDS = 30


@asynccontextmanager
async def front(folder: Path, **settings: Any) -> AsyncIterator[tuple[httpx2.AsyncClient, int]]:
    """Run Envoy before a canned gateway; gives a client and the port."""
    async with (
        running_gateway(CannedJobs()) as gateway_port,
        running_envoy(folder, gateway_port, **settings) as envoy,
        httpx2.AsyncClient(base_url=envoy.url, timeout=20) as http,
    ):
        yield http, int(envoy.address.rpartition(":")[2])


async def test_a_body_that_does_not_come_is_answered_408(tmp_path: Path) -> None:
    async with front(tmp_path, body_seconds=1) as (_, port):
        head, body = await begin_a_body(port)
    assert head.startswith("HTTP/1.1 408 ")
    assert json.loads(body)["code"] == "REQUEST_TIMEOUT"


async def test_a_stream_outlives_the_deadline_of_bodies(tmp_path: Path) -> None:
    async with front(tmp_path, body_seconds=1) as (http, port), watching(http) as lines:
        # Begun later, and over: so the watcher's own deadline would be over too.
        assert " 408 " in (await begin_a_body(port))[0]
        assert not await has_ended(lines)


async def test_a_connection_has_a_bounded_number_of_streams(tmp_path: Path) -> None:
    async with front(tmp_path, connection_streams=7) as (_, port):
        with await asyncio.to_thread(Http2, port) as client:
            assert client.max_streams == 7


async def test_answers_that_nobody_reads_hold_up_no_others(tmp_path: Path) -> None:
    async with front(tmp_path) as (http, port):
        with ExitStack() as clients:
            for _ in range(3):
                client = clients.enter_context(await asyncio.to_thread(never_reads, port))
                assert len(client.answered) == DEFAULTS.connection_streams
            assert (await http.get("/images/a/b.png")).content == IMAGE


async def test_the_kernel_holds_little_of_an_answer_that_nobody_reads(tmp_path: Path) -> None:
    async with front(tmp_path) as (http, port):
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.sendall(b"GET /api-docs HTTP/1.1\r\nhost: x\r\n\r\n")
            await eventually(lambda: unsent_bytes(client) > 0)
            # What comes and goes meanwhile had been queued as well.
            assert (await http.get("/api-docs")).is_success
            assert unsent_bytes(client) <= 2 * DEFAULTS.buffer_bytes


async def test_greedy_streams_are_reset_and_a_watcher_stays(tmp_path: Path) -> None:
    room = {"memory_bytes": 80 * MIB, "body_seconds": 60}
    async with front(tmp_path, **room) as (http, port), watching(http) as lines:
        with ExitStack() as clients:
            greedy = [
                clients.enter_context(await asyncio.to_thread(never_finishes, port))
                for _ in range(12)
            ]
            assert any(client.refused or client.closed for client in greedy)
            assert not await has_ended(lines)
        await eventually(lambda: is_served(http))


async def test_without_memory_clients_are_refused_and_probes_are_answered(tmp_path: Path) -> None:
    ports = choose_ports(0, {}, {"ENVOY_METRICS_PORT": 0})
    own = f"http://127.0.0.1:{ports['ENVOY_METRICS_PORT']}"
    told = {"memory_bytes": MIB, "metrics_port": int(ports["ENVOY_METRICS_PORT"])}
    async with front(tmp_path, **told) as (http, _), httpx2.AsyncClient(base_url=own) as probe:
        await eventually(lambda: is_refused(http))
        assert (await probe.get("/alive")).status_code == 200


def never_reads(port: int) -> Http2:
    """Ask for as many images as one connection may, and take nothing of them."""
    client = Http2(port, window=0)
    for number in range(client.max_streams):
        client.begin(1 + 2 * number, request("GET", "/images/a/b.png"), end=True)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(client.answered) < client.max_streams and time.monotonic() < deadline:
        client.read(0.2)
    return client


def never_finishes(port: int) -> Http2:
    """Send as many bodies as one connection may, each all but whole."""
    client = Http2(port)
    left = {1 + 2 * number: DEFAULTS.max_body_bytes - 1 for number in range(client.max_streams)}
    for stream in left:
        client.begin(stream, request("POST", "/api/jobs"))
    idle = 0
    while idle < 20 and not client.closed:
        sent = 0
        for stream in left.keys() - client.answered - client.refused:
            while size := client.data(stream, b" " * left[stream]):
                left[stream] -= size
                sent += size
        idle = 0 if sent else idle + 1
        client.read(0.02)
    return client


async def begin_a_body(port: int) -> tuple[str, str]:
    """Send less of a body than was announced, and return the head and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")
    try:
        answer = await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
    head, _, body = answer.decode().partition("\r\n\r\n")
    return head, body


@asynccontextmanager
async def watching(http: httpx2.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    """Open a stream; gives the lines behind its first event."""
    async with http.stream("GET", "/api/sse/jobs/endless") as stream:
        lines = stream.aiter_lines()
        assert "connected" in await anext(lines)
        assert await anext(lines) == ""
        yield lines


async def has_ended(lines: AsyncIterator[str]) -> bool:
    try:
        await asyncio.wait_for(anext(lines), 0.3)
    except TimeoutError:
        return False
    return True


async def is_served(http: httpx2.AsyncClient) -> bool:
    try:
        return (await http.get("/api")).is_success
    except httpx2.TransportError:
        return False


async def is_refused(http: httpx2.AsyncClient) -> bool:
    return not await is_served(http)


def unsent_bytes(client: socket.socket) -> int:
    """Return what the server's kernel still holds for this client."""
    (_, own), (_, peer) = client.getsockname(), client.getpeername()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if (local[-4:], remote[-4:]) == (f"{peer:04X}", f"{own:04X}"):
            return int(queues.partition(":")[0], 16)
    return 0


async def test_a_grpc_call_that_does_not_arrive_is_ended_too(tmp_path: Path) -> None:
    async with front(tmp_path, body_seconds=1) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /snapasset.gateway.v1.JobService/WatchJob HTTP/1.1\r\nhost: x\r\n"
            b"content-type: application/grpc-web+proto\r\ncontent-length: 50\r\n\r\n\0\0"
        )
        async with asyncio.timeout(_PATIENCE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert b"grpc-status: 4" in head or b" 408 " in head
