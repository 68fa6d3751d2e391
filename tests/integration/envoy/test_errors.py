"""Every error has the shape of the API guide, whoever made it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.common.errors import AppError, all_errors
from tests.integration.envoy.conftest import Front
from tests.servers.envoy import running_envoy

pytestmark = pytest.mark.asyncio(loop_scope="session")

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024

OF_ENVOY: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "broken JSON": (
        "POST",
        "/api/jobs",
        {"content": b'{"a":', "headers": JSON},
        400,
        "INVALID_REQUEST",
    ),
    "no object": ("POST", "/api/jobs", {"json": []}, 400, "INVALID_REQUEST"),
    "wrong type": ("POST", "/api/jobs", {"json": {"userId": 5}}, 400, "INVALID_REQUEST"),
    "broken UTF-8": (
        "POST",
        "/api/jobs",
        {"content": b'{"userId":"\xff"}'},
        400,
        "INVALID_REQUEST",
    ),
    "half a character": (
        "POST",
        "/api/jobs",
        {"content": b'{"a":"\\ud800"}'},
        400,
        "INVALID_REQUEST",
    ),
    "deep": ("POST", "/api/jobs", {"content": b'{"a":' * 5000}, 400, "INVALID_REQUEST"),
    "wrong number": ("GET", "/api/jobs?limit=abc", {}, 400, "INVALID_REQUEST"),
    "too long a number": ("GET", "/api/jobs?limit=99999999999", {}, 400, "INVALID_REQUEST"),
    "broken UTF-8 in path": ("GET", "/api/jobs/%ff", {}, 400, "INVALID_REQUEST"),
    "broken UTF-8 in query": ("GET", "/api/jobs?status=%c3(", {}, 400, "INVALID_REQUEST"),
    "no path": ("GET", "/nowhere", {}, 404, "NOT_FOUND"),
    "rpc path": (
        "POST",
        "/snapasset.gateway.v1.JobService/CreateJob",
        {"json": {}},
        404,
        "NOT_FOUND",
    ),
    "other method": ("PUT", "/api/jobs", {}, 405, "METHOD_NOT_ALLOWED"),
    "other method below": ("POST", "/images/a/b.png", {}, 405, "METHOD_NOT_ALLOWED"),
    "long body": ("POST", "/api/jobs", {"json": {"prompt": "a" * MIB}}, 413, "PAYLOAD_TOO_LARGE"),
    "slow gateway": ("GET", "/api/jobs/slow", {}, 504, "DEADLINE_EXCEEDED"),
    "bare status": ("GET", "/api/jobs/bare", {}, 500, "INTERNAL_ERROR"),
    "starting": ("GET", "/api/jobs/starting", {}, 503, "SERVICE_UNAVAILABLE"),
}


def has_guide_shape(answer: httpx2.Response) -> dict[str, Any]:
    """Assert the shape of an error and return its body."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    body: dict[str, Any] = answer.json()
    assert {"error", "message", "code", "timestamp", "requestId"} <= set(body)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["timestamp"])
    assert body["requestId"] == answer.headers["x-request-id"]
    assert "library" not in body["message"]
    return body


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.code)
async def test_errors_of_the_gateway(front: Front, kind: type[AppError]) -> None:
    answer = await front.http.get(f"/api/jobs/{kind.code}")
    body = has_guide_shape(answer)
    assert (body["code"], body["error"], body["message"]) == (kind.code, kind.title, "Told.")
    assert body["fields"] == [{"field": "prompt", "message": "is missing"}]
    assert (body["retryAfter"], answer.headers["retry-after"]) == (3, "3")


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"), list(OF_ENVOY.values()), ids=list(OF_ENVOY)
)
async def test_errors_of_envoy(
    front: Front, method: str, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    answer = await front.http.request(method, path, **sent)
    assert (answer.status_code, has_guide_shape(answer)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/images/a%2fb", {}, 400, "INVALID_REQUEST"),
        ("/api", {"x-long": "a" * 40_000}, 431, "HEADERS_TOO_LARGE"),
        ("/api", {f"x-{number}": "a" for number in range(120)}, 431, "HEADERS_TOO_LARGE"),
    ],
)
async def test_what_cannot_even_be_read_has_no_request_id(
    front: Front, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await front.http.get(path, headers=headers)
    body = answer.json()
    assert (answer.status_code, body["code"], body["requestId"]) == (status, code, None)


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        ("GET /api/jobs HTTP/1.1|connection: Upgrade|upgrade: websocket", 403, "UPGRADE_REFUSED"),
        ("GET /images/a HTTP/1.1|connection: Upgrade|upgrade: TLS/1.2", 403, "UPGRADE_REFUSED"),
        ("GET /nowhere HTTP/1.1|connection: Upgrade|upgrade: a, b", 403, "UPGRADE_REFUSED"),
        ("CONNECT x:443 HTTP/1.1", 403, "UPGRADE_REFUSED"),
        ("CONNECT /api/jobs HTTP/1.1", 400, "INVALID_REQUEST"),
        ("TRACE /api/jobs HTTP/1.1", 405, "METHOD_NOT_ALLOWED"),
        ("FOO /api/jobs HTTP/1.1", 400, "INVALID_REQUEST"),
        ("GET /api/jobs HTTP/1.1|transfer-encoding: x", 501, "NOT_IMPLEMENTED"),
        ("GET /api/jobs HTTP/1.0", 426, "UPGRADE_REQUIRED"),
    ],
)
async def test_whoever_refuses_a_request_tells_it_in_the_same_shape(
    front: Front, head: str, status: int, code: str
) -> None:
    answer, body = await raw(front, head)
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "content-type: application/json" in answer.lower()
    told = json.loads(body)
    assert told["code"] == code
    assert {"error", "message", "timestamp", "requestId"} <= told.keys()


async def test_an_upgrade_to_http2_is_not_taken_and_the_request_is_answered(front: Front) -> None:
    head = "GET /api HTTP/1.1|connection: Upgrade, HTTP2-Settings|upgrade: h2c|http2-settings: AA"
    answer, body = await raw(front, head)
    assert answer.startswith("HTTP/1.1 200 ")
    assert "links" in json.loads(body)


async def raw(front: Front, head: str) -> tuple[str, str]:
    """Send the lines of a request's head as they are; return head and body of the answer."""
    host, _, port = front.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write("\r\n".join([*head.split("|"), "host: x", "", ""]).encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
    assert length
    body = (await reader.readexactly(int(length[1]))).decode()
    writer.close()
    return answer, body


async def test_wrong_method_names_the_right_ones(front: Front) -> None:
    allow = (await front.http.put("/api/jobs")).headers["allow"]
    assert set(allow.split(", ")) == {"GET", "HEAD", "POST"}


async def test_wrong_type_names_the_field(front: Front) -> None:
    answer = await front.http.post("/api/jobs", json={"platforms": ["a", 5]})
    assert "platforms" in answer.json()["message"]


async def test_stream_of_a_missing_job_is_a_plain_404(front: Front) -> None:
    answer = await front.http.get("/api/sse/jobs/missing")
    assert (answer.status_code, has_guide_shape(answer)["code"]) == (404, "JOB_NOT_FOUND")


async def test_missing_image_is_a_plain_404(front: Front) -> None:
    answer = await front.http.get("/images/missing")
    assert (answer.status_code, has_guide_shape(answer)["code"]) == (404, "IMAGE_NOT_FOUND")


async def test_dead_gateway_is_503(tmp_path: Path) -> None:
    async with running_envoy(tmp_path, gateway_port=1) as envoy, httpx2.AsyncClient() as http:
        for path in ("/health", "/api/sse/jobs/gen-1", "/images/a.png"):
            answer = await http.get(envoy.url + path)
            assert (answer.status_code, has_guide_shape(answer)["code"]) == (
                503,
                "SERVICE_UNAVAILABLE",
            )
