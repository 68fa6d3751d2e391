"""What a client must not be able to tell the gateway, it cannot."""

import re

import grpc
import pytest
from snapasset.gateway.v1 import site_pb2, site_pb2_grpc

from tests.integration.envoy.conftest import Front

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMUGGLED = {
    "x-error-body": "{}",
    "x-http-code": "200",
    "x-content-length": "1",
    "x-client-address": "6.6.6.6",
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-real-ip": "6.6.6.6",
    "forwarded": "for=6.6.6.6",
    "x-envoy-original-path": "/evil",
    "x-envoy-internal": "true",
    "x-envoy-external-address": "6.6.6.6",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-given-request-id": "evil-request",
    "x_error_body": "evil",
    "evil-bin": "!!!",
    "traceparent": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
    "tracestate": "evil=1",
    "grpc-timeout": "1n",
    "grpc-encoding": "gzip",
    "cookie": "session=1",
}
LEFT_TO_ENVOY = {
    "x-client-address": "127.0.0.1",
    "x-envoy-external-address": "127.0.0.1",
    "x-envoy-original-path": "/api",
}


async def test_smuggled_headers_do_not_reach_the_gateway(front: Front) -> None:
    answer = await front.http.get("/api", headers=SMUGGLED)
    assert answer.status_code == 200
    seen = answer.json()["links"]
    assert {name: seen[name] for name in SMUGGLED.keys() & seen.keys()} == LEFT_TO_ENVOY


async def test_smuggled_metadata_does_not_reach_the_gateway(front: Front) -> None:
    ours = {name: value for name, value in SMUGGLED.items() if not name.startswith("grpc-")}
    metadata = [(name, value) for name, value in ours.items() if not name.endswith("-bin")]
    async with grpc.aio.insecure_channel(front.address) as channel:
        stub = site_pb2_grpc.SiteServiceStub(channel)
        answer = await stub.GetApiIndex(site_pb2.GetApiIndexRequest(), metadata=metadata, timeout=5)
    allowed = {"x-client-address": "127.0.0.1", "x-envoy-external-address": "127.0.0.1"}
    assert {name: answer.links[name] for name in ours.keys() & answer.links.keys()} == allowed


async def test_smuggled_headers_do_not_come_back(front: Front) -> None:
    answer = await front.http.get("/nowhere", headers=SMUGGLED)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("given", ["order-2024.01_24", "a" * 64])
async def test_sane_request_id_is_kept(front: Front, given: str) -> None:
    answer = await front.http.get("/api", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given
    assert answer.json()["links"]["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, 'a"quoted"id', "white space id"])
async def test_other_request_ids_are_replaced(front: Front, given: str) -> None:
    answer = await front.http.get("/api", headers={"x-request-id": given})
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])
    assert answer.json()["links"]["x-request-id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("value", ["caf\xe9", "\xff" * 30_000, "snap_key\xa0", "a\x7fb", "a\x01b"])
@pytest.mark.parametrize("name", ["authorization", "x-api-key", "idempotency-key"])
async def test_values_that_are_not_visible_ascii_are_refused(
    front: Front, name: str, value: str
) -> None:
    answer = await front.http.get("/api", headers={name.encode(): value.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("value", ["Z\xfcrich", "\xff" * 30_000])
@pytest.mark.parametrize("name", ["user-agent", "x-city", "referer"])
async def test_odd_values_of_headers_that_mean_nothing_to_us_are_dropped(
    front: Front, name: str, value: str
) -> None:
    answer = await front.http.get("/api", headers={name.encode(): value.encode("latin-1")})
    assert answer.status_code == 200
    assert name not in answer.json()["links"]


async def test_a_refused_value_is_named_and_not_repeated(front: Front) -> None:
    answer = await front.http.get("/api", headers={b"x-api-key": b"snap_key\xa0"})
    assert "x-api-key may contain visible ASCII characters only" in answer.json()["message"]
    assert "snap_key" not in answer.text


@pytest.mark.parametrize("path", ["/images/../api", "/images/%2e%2e/api", "//api", "/./api"])
async def test_each_path_has_one_spelling(front: Front, path: str) -> None:
    answer = await front.http.get(f"http://{front.address}{path}")
    assert answer.json()["links"]["x-envoy-original-path"] == "/api"


@pytest.mark.parametrize("name", ["a~b", "!", "x-$", "it's"])
async def test_a_header_whose_name_grpc_does_not_allow_is_no_error(front: Front, name: str) -> None:
    answer = await front.http.get("/api", headers={name: "1"})
    assert answer.status_code == 200
    assert name not in answer.json()["links"]
