"""The Python client on a real channel, against an API with moods."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client import JobFailed, Patience, SnapAsset, SnapAssetError
from services.common.errors import Forbidden, JobNotFound, QueueFull, RateLimitExceeded, Unavailable
from tests.servers.moody_api import MoodyJobs, running_api

ORDER = pb.CreateJobRequest(user_id="user-123", prompt="A lighthouse", platforms=["twitter-post"])
QUICK = Patience(backoff_seconds=0.01, timeout_seconds=5, silence_seconds=0.5, max_failures=5)


def event(kind: str, sequence: int, **more: str) -> pb.WatchJobResponse:
    status = "completed" if kind == "done" else "active"
    return pb.WatchJobResponse(type=kind, sequence=sequence, status=more.get("status", status))


@pytest.fixture
def jobs() -> MoodyJobs:
    """An API in a good mood."""
    return MoodyJobs()  # type: ignore[abstract]


@pytest.fixture
async def client(jobs: MoodyJobs) -> AsyncIterator[SnapAsset]:
    """A client of it."""
    async with (
        running_api(jobs) as address,
        SnapAsset(f"http://{address}", token=lambda: "t", api_key="k", patience=QUICK) as client,
    ):
        yield client


async def kinds(client: SnapAsset) -> list[str]:
    return [event.type async for event in client.watch("gen-1")]


async def test_every_try_of_a_create_has_one_key_and_its_own_request_id(
    jobs: MoodyJobs, client: SnapAsset
) -> None:
    jobs.creates = [RateLimitExceeded("Slow.", retry_after_seconds=0.01), Unavailable("Away.")]
    assert (await client.create_job(ORDER)).job_id == "gen-1"
    assert len({sent["idempotency-key"] for sent in jobs.metadata}) == 1
    assert len({sent["x-request-id"] for sent in jobs.metadata}) == 3
    assert {(sent["authorization"], sent["x-api-key"]) for sent in jobs.metadata} == {
        ("Bearer t", "k")
    }


async def test_a_refusal_is_told_at_once(jobs: MoodyJobs, client: SnapAsset) -> None:
    jobs.creates = [Forbidden("Not yours.")]
    with pytest.raises(SnapAssetError, match="Not yours") as caught:
        await client.create_job(ORDER)
    assert caught.value.code == "FORBIDDEN"
    assert caught.value.request_id == jobs.metadata[0]["x-request-id"]
    assert len(jobs.metadata) == 1


@pytest.mark.parametrize("secret", ["geheim\n", "gehe\x00im", "gehéim", "geh\ud800eim"])
async def test_a_secret_that_no_header_can_carry_is_told_without_being_repeated(
    jobs: MoodyJobs, client: SnapAsset, secret: str
) -> None:
    for lost in (SnapAsset("x:1", token=secret), SnapAsset("x:1", api_key=secret)):
        async with lost:
            for call in (lost.platforms(), anext(lost.watch("gen-1"))):
                with pytest.raises(SnapAssetError, match="no header can carry") as caught:
                    await call
                assert caught.value.code == "INVALID_REQUEST"
                assert "geh" not in str(caught.value)
    with pytest.raises(SnapAssetError, match="idempotency key"):
        await client.create_job(ORDER, idempotency_key=secret)
    assert jobs.metadata == []


async def test_tries_are_bounded(jobs: MoodyJobs, client: SnapAsset) -> None:
    jobs.creates = [QueueFull("Full.", retry_after_seconds=0.01) for _ in range(9)]
    with pytest.raises(SnapAssetError, match="Full"):
        await client.create_job(ORDER)
    assert len(jobs.metadata) == QUICK.attempts


async def test_a_retry_of_a_job_is_not_repeated_when_nobody_knows_its_outcome(
    jobs: MoodyJobs, client: SnapAsset
) -> None:
    jobs.creates = [Unavailable("Away.")]
    with pytest.raises(SnapAssetError):
        await client.retry_job("gen-1")
    assert len(jobs.metadata) == 1


async def test_a_watch_goes_on_after_every_kind_of_break(
    jobs: MoodyJobs, client: SnapAsset
) -> None:
    jobs.watches = [
        [event("connected", 1), event("progress", 2), Unavailable("Stopping.")],
        [RuntimeError("a mistake")],
        [RateLimitExceeded("Slow.", retry_after_seconds=0.01)],
        [event("connected", 2), None],
        [event("connected", 2)],
        [event("connected", 3), event("done", 3), event("progress", 4)],
    ]
    seen = await kinds(client)
    assert seen == ["connected", "progress", "connected", "connected", "connected", "done"]


async def test_a_watch_without_news_gives_up(jobs: MoodyJobs, client: SnapAsset) -> None:
    jobs.watches = [[event("connected", 1)]]
    with pytest.raises(SnapAssetError) as caught:
        await kinds(client)
    assert caught.value.code == "STREAM_ENDED"
    assert len(jobs.metadata) == 1 + QUICK.max_failures


async def test_a_refused_watch_gives_up_at_once(jobs: MoodyJobs, client: SnapAsset) -> None:
    jobs.watches = [[JobNotFound("No such job.")]]
    with pytest.raises(SnapAssetError) as caught:
        await kinds(client)
    assert caught.value.code == "JOB_NOT_FOUND"
    assert len(jobs.metadata) == 1


async def test_waiting_for_a_job_that_fails_raises_its_reason(
    jobs: MoodyJobs, client: SnapAsset
) -> None:
    failed = event("done", 2, status="failed")
    failed.error.MergeFrom(pb.JobError(code="MODERATION_BLOCKED", message="No."))
    jobs.watches = [[event("connected", 1), failed]]
    with pytest.raises(JobFailed, match="No") as caught:
        await client.create_and_wait(ORDER)
    assert caught.value.event == failed


async def test_an_api_that_is_not_there_is_one_error_within_the_bounds() -> None:
    patience = Patience(backoff_seconds=0.01, attempts=2, timeout_seconds=2)
    async with asyncio.timeout(10), SnapAsset("127.0.0.1:1", token="t", patience=patience) as lost:
        with pytest.raises(SnapAssetError) as caught:
            await lost.queue_stats()
    assert caught.value.code == "NETWORK_ERROR"
