"""Marked secrets go in through every door, and come to light nowhere."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import grpc
import httpx2
import pytest
from redis import Redis
from snapasset.gateway.v1 import usage_pb2, usage_pb2_grpc

from tests.attack.conftest import API_KEY, Target
from tests.e2e.client import create, open_client
from tests.eventually import eventually
from tests.raw_http2 import DATA, Http2, frame, request

OWNER = "user-123"
ODD = "\xa0"

LAST = ("gateway", "snapasset.gateway.v1.UsageService/GetUsage")
READERS: Mapping[str, Callable[[Any, bytes], Any]] = {
    "string": lambda redis, key: redis.get(key),
    "hash": lambda redis, key: redis.hgetall(key),
    "list": lambda redis, key: redis.lrange(key, 0, -1),
    "set": lambda redis, key: redis.smembers(key),
    "zset": lambda redis, key: redis.zrange(key, 0, -1, withscores=True),
    "stream": lambda redis, key: redis.xrange(key),
}
"""How Redis gives what is under a key, by the key's type."""

PATHS = ("/api", "/api/usage", "/api/jobs", "/health", "/", "/images/a/b/c-1x1.png", "/nowhere")
IN_HEADERS: Mapping[str, str] = {
    "authorization": "Bearer marked-bearer.marked-claims.marked-signature",
    "x-api-key": "snap_marked-wrong-key",
    "idempotency-key": "marked-idempotency-key",
    "cookie": "session=marked-cookie",
    "proxy-authorization": "Basic marked-proxy-password",
    "x-auth-token": "marked-other-token",
}
IN_QUERIES: Mapping[str, str] = {
    "ticket": "v1.marked-ticket.marked-seal",
    "access_token": "marked-access-token",
    "api_key": "marked-key-in-query",
}


@pytest.fixture(scope="module")
def aftermath(target: Target) -> str:
    """Knock at every door, and return all that the system says and keeps afterwards."""
    told = asyncio.run(_knock(target))
    asyncio.run(eventually(lambda: _last_is_traced(target)))
    return "\n".join([*told, target.log, *_spans(target), *_kept(target)])


@pytest.mark.parametrize("mark", ["marked-", API_KEY])
def test_no_marked_secret_comes_to_light(aftermath: str, mark: str) -> None:
    lines = [line for line in aftermath.splitlines() if mark in line]
    assert lines == []


def test_no_token_and_no_ticket_comes_to_light(target: Target, aftermath: str) -> None:
    token = target.stack.token(OWNER)
    assert token.rpartition(".")[0] not in aftermath
    assert "ticket=" not in aftermath


def test_the_search_would_have_found_them(target: Target, aftermath: str) -> None:
    for seen in ("/api/usage", OWNER, "INVALID_REQUEST", "UNAUTHORIZED", '"service": "gateway"'):
        assert seen in aftermath


async def _knock(target: Target) -> list[str]:
    """Send the secrets; return the bodies and headers of all errors."""
    answers = []
    async with httpx2.AsyncClient(base_url=target.stack.base_url, timeout=20) as http:
        for path in PATHS:
            for name, value in IN_HEADERS.items():
                for sent in (value, value + ODD):
                    answers.append(await http.get(path, headers=_raw(name, sent)))
                answers.append(await http.post(path, headers={name: value}, json={}))
            for name, value in IN_QUERIES.items():
                answers.append(await http.get(f"{path}?{urlencode({name: value})}"))
        for sent in (API_KEY, API_KEY + ODD, API_KEY + "x"):
            answers.append(await http.get("/api/usage", headers=_raw("x-api-key", sent)))
        answers += await _watch(target, http)
    await _speak_grpc(target)
    await asyncio.to_thread(_speak_raw_grpc, target)
    return [answer.text + str(answer.headers) for answer in answers if answer.is_error]


def _raw(name: str, value: str) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("latin-1")}


async def _watch(target: Target, http: httpx2.AsyncClient) -> list[httpx2.Response]:
    """Open a stream by its ticket, and by one that is all but right."""
    async with open_client(target.stack, OWNER) as client:
        job = await create(client, "A lighthouse in a storm", "twitter-post")
    found = []
    for path in (job["streamUrl"], job["streamUrl"] + "x"):
        async with http.stream("GET", path) as answer:
            await answer.aread()
            found.append(answer)
    return found


async def _speak_grpc(target: Target) -> None:
    for address in (f"127.0.0.1:{target.port}", target.stack.gateway_address):
        async with grpc.aio.insecure_channel(address) as channel:
            stub = usage_pb2_grpc.UsageServiceStub(channel)
            for pair in IN_HEADERS.items():
                with pytest.raises(grpc.aio.AioRpcError):
                    await stub.GetUsage(usage_pb2.GetUsageRequest(), metadata=[pair], timeout=20)


def _speak_raw_grpc(target: Target) -> None:
    """Send metadata that no library would, also past Envoy."""
    for address in (f"127.0.0.1:{target.port}", target.stack.gateway_address):
        with Http2(int(address.rpartition(":")[2])) as client:
            for number, (name, value) in enumerate(IN_HEADERS.items()):
                stream = 1 + 2 * number
                path = "/snapasset.gateway.v1.UsageService/GetUsage"
                fields = [("content-type", "application/grpc"), ("te", "trailers")]
                client.begin(stream, request("POST", path, *fields, (name, value + ODD)))
                client.send(frame(DATA, 1, stream, bytes(5)))
            client.read(1)


def _last_is_traced(target: Target) -> bool:
    return any((one.service, one.name) == LAST for one in target.receiver.spans)


def _spans(target: Target) -> Iterator[str]:
    for span in target.receiver.spans:
        yield f"{span.service} {span.name} {span.attributes}"


def _kept(target: Target) -> Iterator[str]:
    """Return all that Redis keeps."""
    with closing(Redis.from_url(target.stack.environ["REDIS_URL"])) as redis:
        for key in redis.scan_iter(count=1000):
            kind: Any = redis.type(key)
            yield repr((key, READERS[kind.decode()](redis, key)))
