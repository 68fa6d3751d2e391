"""REST answers look as the API guide promises."""

import pytest

from tests.integration.envoy.conftest import Front
from tests.servers.canned_gateway import IMAGE, LONG_PAGE_BYTES

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORIGIN = {"origin": "https://app.example"}


async def test_create_answers_201_with_the_names_of_the_guide(front: Front) -> None:
    answer = await front.http.post("/api/jobs", json={"userId": "user-123", "nobody": "knows"})
    assert answer.status_code == 201
    assert answer.json() == {
        "jobId": "user-123",
        "status": "queued",
        "message": "",
        "estimatedTime": "",
        "streamUrl": "",
    }
    assert answer.headers["x-ratelimit-limit"] == "100"


async def test_numbers_are_numbers_and_zero_values_are_there(front: Front) -> None:
    job = (await front.http.get("/api/jobs/gen-1")).json()
    assert job["progress"] == 0
    assert job["logs"] == []
    assert job["createdAt"] == "2024-01-24T10:00:00Z"
    assert job["result"]["images"][0]["size"] == 245000
    assert "finishedAt" not in job


async def test_query_parameters_reach_the_gateway_and_unknown_ones_do_no_harm(front: Front) -> None:
    answer = await front.http.get("/api/jobs?status=a+b%26c&limit=10&_=123")
    assert (answer.json()["status"], answer.json()["count"]) == ("a b&c", 10)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"jobId":"other"}'])
async def test_retry_works_with_and_without_a_body(front: Front, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await front.http.post("/api/jobs/gen-1/retry", content=body, headers=headers)
    assert (answer.status_code, answer.json()["jobId"]) == (200, "gen-1")


async def test_clean_takes_a_plain_number_as_grace(front: Front) -> None:
    body = {"grace": 86400000, "status": "completed"}
    answer = await front.http.post("/api/queue/clean", json=body)
    assert answer.json() == {"cleaned": 24, "status": "completed"}


async def test_degraded_health_is_503_and_shows_the_components(front: Front) -> None:
    answer = await front.http.get("/health")
    assert answer.status_code == 503
    assert answer.json()["components"]["redis"] == {"status": "down", "detail": ""}


async def test_image_comes_with_type_length_and_cache_headers(front: Front) -> None:
    answer = await front.http.get("/images/user/gen/a.png")
    assert answer.content == IMAGE
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == str(len(IMAGE))
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_known_image_is_304_without_body(front: Front) -> None:
    answer = await front.http.get("/images/known")
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"1"'
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"), [("/images/a.png", 200), ("/health", 503), ("/images/missing", 404)]
)
async def test_head_has_the_headers_of_get_and_no_body(
    front: Front, path: str, status: int
) -> None:
    got, headed = await front.http.get(path), await front.http.head(path)
    assert (headed.status_code, headed.content) == (status, b"")
    for name in ("content-type", "etag", "cache-control"):
        assert headed.headers.get(name) == got.headers.get(name)
    assert (await front.http.get("/api")).status_code == 200, "the connection is still in step"


async def test_pages_may_be_long(front: Front) -> None:
    answer = await front.http.get("/api-docs")
    assert len(answer.content) == LONG_PAGE_BYTES
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize("path", ["/api/jobs/gen-1", "/api/jobs/JOB_NOT_FOUND", "/images/a.png"])
async def test_answers_hold_no_trace_of_grpc(front: Front, path: str) -> None:
    answer = await front.http.get(path)
    helpers = {"x-http-code", "x-error-body", "x-content-length"}
    assert not [h for h in answer.headers if h.startswith(("grpc-", "x-envoy-")) or h in helpers]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_browsers_may_call_from_other_origins(front: Front) -> None:
    wants = {"access-control-request-method": "POST"}
    preflight = await front.http.options("/api/jobs", headers={**ORIGIN, **wants})
    assert preflight.status_code == 200
    allowed = preflight.headers["access-control-allow-headers"]
    assert {"authorization", "x-api-key", "idempotency-key"} <= set(allowed.split(", "))
    for path in ("/api/jobs", "/api/jobs/JOB_NOT_FOUND", "/nowhere"):
        answer = await front.http.get(path, headers=ORIGIN)
        assert answer.headers["access-control-allow-origin"] == ORIGIN["origin"], path
        assert "retry-after" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
