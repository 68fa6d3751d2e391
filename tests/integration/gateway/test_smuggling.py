"""A gRPC client straight at the gateway cannot speak in the gateway's name."""

import pytest
from snapasset.gateway.v1 import jobs_pb2

from tests.servers.gateway import bearer, connected, running_gateway

SMUGGLED = [
    ("x-error-body", '{"error": "forged"}'),
    ("x-http-code", "200"),
    ("x-content-length", "1"),
    ("x-ratelimit-remaining", "1000000"),
    ("x-ratelimit-limit", "1000000"),
    ("retry-after", "0"),
    ("idempotent-replayed", "true"),
    ("x-envoy-external-address", "203.0.113.9"),
    ("x-forwarded-for", "203.0.113.9"),
]


async def test_smuggled_metadata_change_nothing(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice"), *SMUGGLED) as alice,
        connected(address, *SMUGGLED) as nobody,
    ):
        missing, created = await alice.get("none"), await alice.create("alice")
        first, second = await nobody.get("none"), await nobody.get("none")
    assert missing.code == "JOB_NOT_FOUND"
    assert "forged" not in missing.headers["x-error-body"]
    assert "x-http-code" not in missing.headers
    assert created.headers["x-ratelimit-remaining"] == "98"
    assert created.headers["x-http-code"] == "201"
    assert created.headers.keys().isdisjoint({"idempotent-replayed", "retry-after"})
    left = [answer.headers["x-ratelimit-remaining"] for answer in (first, second)]
    assert left == ["99", "98"]


@pytest.mark.parametrize(
    "sent",
    [
        [("authorization", "Bearer " + "x" * 20_000)],
        [("x-api-key", "x" * 20_000)],
        [bearer("alice"), bearer("alice")],
        [bearer("alice"), ("x-api-key", "snap_any")],
        [("authorization", "Basic YTpi")],
        [("authorization", "Bearer")],
        [("authorization", bearer("alice")[1].removeprefix("Bearer "))],
    ],
)
async def test_odd_credentials_are_refused(redis_url: str, sent: list[tuple[str, str]]) -> None:
    async with running_gateway(redis_url) as address, connected(address, *sent) as client:
        assert (await client.get("none")).code == "UNAUTHORIZED"


@pytest.mark.parametrize("method", ["JobService/GetJob", "SiteService/GetImage"])
@pytest.mark.parametrize(
    "sent", [b"\x0a\x03\xed\xa0\x80", b"\x0a\x01\xff", b"\x0a\xff", b"\xff\xff\xff"]
)
async def test_bytes_that_are_no_message_are_the_callers_mistake(
    redis_url: str, method: str, sent: bytes
) -> None:
    async with running_gateway(redis_url) as address, connected(address, bearer("alice")) as alice:
        open_call = alice.channel.unary_stream if "Image" in method else alice.channel.unary_unary
        answer = await alice.call(open_call(f"/snapasset.gateway.v1.{method}"), sent)
    assert answer.code == "INVALID_REQUEST"


async def test_answer_to_the_worst_request_fits_into_metadata(redis_url: str) -> None:
    async with running_gateway(redis_url) as address, connected(address, bearer("alice")) as alice:
        options = jobs_pb2.JobOptions(quality="x", style="x", format="x")
        worst = jobs_pb2.CreateJobRequest(
            user_id="/", prompt="x", platforms=["x" * 100] * 1_000, options=options
        )
        answer = await alice.call(alice.jobs.CreateJob, worst)
    assert answer.code == "INVALID_REQUEST"
    # What gRPC clients take unless they are told otherwise.
    assert sum(len(name) + len(value) + 32 for name, value in answer.headers.items()) < 6_000
