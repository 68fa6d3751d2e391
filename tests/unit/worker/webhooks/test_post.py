"""A call to a webhook ends in time and says what happened, whatever answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from services.common.web.public_only import PublicOnly, fresh_connections
from services.worker.webhooks.post import CallKind, Poster, WebhookAnswer
from tests.servers.certificates import Authority

LOOPBACK = [ip_network("127.0.0.0/8")]
HEADERS = {"webhook-id": "msg_1", "content-type": "application/json"}

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answering: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve on a free port, and yield the address."""
    running: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            await answering(reader, writer)
        writer.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.append(asyncio.create_task(talk(reader, writer)))
        await asyncio.wait(running[-1:])
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        server.close()
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)


def saying(text: str) -> Answering:
    """Answer the same to every request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text.encode())
        await writer.drain()
        await reader.read()

    return answer


async def called(answering: Answering, seconds: float = 5.0) -> WebhookAnswer:
    async with serving(answering) as url:
        transport = PublicOnly(fresh_connections(), also=LOOPBACK)
        return await Poster(transport, seconds).post(url, HEADERS, '{"a": "é"}')


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        ("200 OK\r\ncontent-length: 2", CallKind.TAKEN, "answered 200"),
        ("204 No Content", CallKind.TAKEN, "answered 204"),
        ("410 Gone\r\ncontent-length: 0", CallKind.GONE, "told nothing more"),
        ("500 Oops\r\ncontent-length: 0", CallKind.REFUSED, "answered 500"),
        ("404 No\r\ncontent-length: 0", CallKind.REFUSED, "answered 404"),
        ("304 Not Modified", CallKind.REFUSED, "answered 304"),
        ("302 Found\r\nlocation: http://10.0.0.1/\xe9", CallKind.REDIRECT, "10.0.0.1/"),
        (
            "308 Permanent Redirect\r\nlocation: https://elsewhere.example/hook",
            CallKind.REDIRECT,
            "answered 308, a redirect to https://elsewhere.example/hook, which is not followed",
        ),
        (f"301 Moved\r\nlocation: /{'x' * 5000}", CallKind.REDIRECT, "characters more"),
        ("200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9", CallKind.TAKEN, "200"),
    ],
)
async def test_the_status_decides(answer: str, kind: CallKind, text: str) -> None:
    made = await called(saying(f"HTTP/1.1 {answer}\r\n\r\n"))
    assert made.kind is kind
    assert text in made.text


async def test_what_is_sent_is_what_was_signed() -> None:
    seen = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = len('{"a": "é"}'.encode())
        seen.append((head, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    assert (await called(note)).status == 200
    [(head, sent)] = seen
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"webhook-id: msg_1\r\n" in head.lower()
    assert b"cookie" not in head.lower()
    assert sent == '{"a": "é"}'.encode()


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.Event().wait()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a header now and then, without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer headers as fast as they are read."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-more: " + b"y" * 8000 + b"\r\n")
        await writer.drain()


async def more_to_come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise an answer again and again."""
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()


async def endless_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"2000\r\n" + b"y" * 0x2000 + b"\r\n")
        await writer.drain()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("answering", "kind"),
    [
        (never, CallKind.SILENT),
        (drip, CallKind.SILENT),
        (flood, CallKind.UNREACHABLE),
        (more_to_come, CallKind.SILENT),
        (endless_body, CallKind.TAKEN),
        (hang_up, CallKind.UNREACHABLE),
        (saying("SSH-2.0-OpenSSH_9.2\r\n\r\n"), CallKind.UNREACHABLE),
    ],
)
async def test_a_webhook_that_answers_badly_holds_nobody_up(
    answering: Answering, kind: CallKind
) -> None:
    made = await called(answering, seconds=0.5)
    assert made.kind is kind
    assert made.seconds < 5


async def test_an_address_that_leads_into_our_networks_is_not_called() -> None:
    async with serving(saying("HTTP/1.1 200 OK\r\n\r\n")) as url:
        made = await Poster(PublicOnly(fresh_connections()), 5.0).post(url, HEADERS, "{}")
    assert made.kind is CallKind.FORBIDDEN
    assert "not public" in made.text


@pytest.mark.parametrize(
    "host", ["[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "[64:ff9b::7f00:1]"]
)
async def test_no_spelling_of_an_inner_address_is_called(host: str) -> None:
    made = await Poster(PublicOnly(fresh_connections()), 5.0).post(
        f"https://{host}:1/hook", HEADERS, "{}"
    )
    assert made.kind is CallKind.FORBIDDEN


async def test_a_name_is_judged_by_what_it_resolves_to_when_it_is_called() -> None:
    async def find(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.1"]

    made = await Poster(PublicOnly(fresh_connections(), find), 5.0).post(
        "https://hooks.example", HEADERS, "{}"
    )
    assert made.kind is CallKind.FORBIDDEN


async def test_a_name_that_nobody_knows_is_a_fault_that_may_pass() -> None:
    async def find(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    made = await Poster(PublicOnly(fresh_connections(), find), 5.0).post(
        "https://hooks.example", HEADERS, "{}"
    )
    assert (made.kind, made.text) == (CallKind.UNREACHABLE, "could not be reached")


async def test_a_server_without_tls_is_unreachable() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(refuse) as url:
        transport = PublicOnly(fresh_connections(), also=LOOPBACK)
        made = await Poster(transport, 5.0).post(url.replace("http:", "https:"), HEADERS, "{}")
    assert made.kind is CallKind.UNREACHABLE
    assert "does not speak TLS" in made.text


@pytest.mark.parametrize(
    ("certified", "kind", "text"),
    [
        ("hooks.example", CallKind.TAKEN, "answered 204"),
        ("other.example", CallKind.UNREACHABLE, "has no certificate for its name that we trust"),
    ],
)
async def test_a_server_proves_the_name_though_its_address_is_called(
    tmp_path: Path, certified: str, kind: CallKind, text: str
) -> None:
    async def find(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]  # which both certificates are for, too

    authority, tls = Authority(tmp_path), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made = authority.sign(certified)
    tls.load_cert_chain(made.cert, made.key)
    trusting = httpx2.AsyncHTTPTransport(
        verify=ssl.create_default_context(cafile=str(authority.file))
    )
    async with serving(saying("HTTP/1.1 204 No Content\r\n\r\n"), tls) as url:
        port = url.partition("127.0.0.1:")[2]
        poster = Poster(PublicOnly(trusting, find, LOOPBACK), 5.0)
        answer = await poster.post(f"https://hooks.example:{port}", HEADERS, "{}")
    assert (answer.kind, answer.text) == (kind, text)


@pytest.mark.parametrize("url", ["https://[::1", "https://a:b/", "https://\x00/"])
async def test_what_is_no_address_is_not_called(url: str) -> None:
    made = await Poster(httpx2.MockTransport(lambda _: httpx2.Response(200)), 5.0).post(
        url, HEADERS, "{}"
    )
    assert made.kind is CallKind.FORBIDDEN
