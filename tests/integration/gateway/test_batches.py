"""A batch: each job is accepted or refused on its own, once, and all are seen together."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from redis import Redis
from snapasset.gateway.v1 import batches_pb2 as pb
from snapasset.gateway.v1 import batches_pb2_grpc, jobs_pb2

from services.jobs import keys
from tests.servers.gateway import Answer, Client, bearer, connected, running_gateway

KEY = ("idempotency-key", "campaign-1")
GOOD = {"userId": "alice", "prompt": "A lighthouse in a storm", "platforms": ["x-post"]}


class Together:
    """Calls BatchService for one client."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._stub: Any = batches_pb2_grpc.BatchServiceStub(client.channel)

    async def create(self, jobs: list[Any], *more: tuple[str, str]) -> Answer:
        return await self.send(json.dumps({"jobs": jobs}).encode(), "application/json", *more)

    async def send(self, body: bytes, kind: str, *more: tuple[str, str]) -> Answer:
        content = HttpBody(content_type=kind, data=body)
        request = pb.CreateBatchRequest(content=content)
        return await self.client.call(self._stub.CreateBatch, request, *more)

    async def get(self, batch_id: str, **page: Any) -> Answer:
        request = pb.GetBatchRequest(batch_id=batch_id, **page)
        return await self.client.call(self._stub.GetBatch, request)

    async def cancel(self, batch_id: str) -> Answer:
        return await self.client.call(
            self._stub.CancelBatch, pb.CancelBatchRequest(batch_id=batch_id)
        )

    def watch(self, batch_id: str, token: tuple[str, str]) -> Any:
        request = pb.WatchBatchRequest(batch_id=batch_id)
        return self._stub.WatchBatch(request, metadata=(token,), timeout=20)


@pytest.fixture
async def gateway(redis_url: str) -> AsyncIterator[str]:
    async with running_gateway(redis_url, rate_limit_jobs="5/hour") as address:
        yield address


@pytest.fixture
async def alice(gateway: str) -> AsyncIterator[Together]:
    async with connected(gateway, bearer("alice")) as client:
        yield Together(client)


def codes(answer: Answer) -> list[str]:
    return [one.error.code for one in answer.message.jobs]


async def test_one_bad_job_keeps_no_other_out(alice: Together) -> None:
    jobs = [GOOD, {**GOOD, "prompt": "x"}, 7, {**GOOD, "platforms": "x-post"}, GOOD]
    answer = await alice.create([*jobs, {**GOOD, "userId": "bob"}])
    bad = "INVALID_REQUEST"
    assert codes(answer) == ["", bad, bad, bad, "", "FORBIDDEN"]
    assert [one.index for one in answer.message.jobs] == [*range(6)]
    assert (answer.message.accepted, answer.message.refused) == (2, 4)
    assert [f.field for f in answer.message.jobs[1].error.fields] == ["prompt"]
    assert answer.headers["x-http-code"] == "201"
    shown = (await alice.get(answer.message.batch_id)).message
    accepted = [one.job_id for one in answer.message.jobs if one.job_id]
    assert [job.job_id for job in shown.jobs] == accepted
    assert {job.batch_id for job in shown.jobs} == {answer.message.batch_id}
    assert (shown.state.total, shown.state.counts.waiting, shown.state.ended) == (2, 2, False)
    request = jobs_pb2.ListJobsRequest(batch_id=answer.message.batch_id)
    listed = (await alice.client.call(alice.client.jobs.ListJobs, request)).message
    assert {job.job_id for job in listed.jobs} == set(accepted)


async def test_lines_are_jobs_and_a_broken_one_is_refused_alone(alice: Together) -> None:
    good = json.dumps(GOOD)
    deep = "[" * 100_000
    lines = f"{good}\r\n\n{{broken\n{deep}\n{good}\n"
    answer = await alice.send(lines.encode(), "application/x-ndjson; charset=utf-8")
    assert codes(answer) == ["", "INVALID_REQUEST", "INVALID_REQUEST", ""]


@pytest.mark.parametrize("kind", ["application/x-ndjson", "Application/JSONL; charset=utf-8"])
@pytest.mark.parametrize(
    "body",
    [
        "\ufeffGOOD\nGOOD",
        "GOOD\r\n\r\nGOOD\r\n",
        "\n\n GOOD \n\t\nGOOD\n\n",
    ],
)
async def test_a_file_of_lines_is_read_as_editors_write_it(
    alice: Together, body: str, kind: str
) -> None:
    answer = await alice.send(body.replace("GOOD", json.dumps(GOOD)).encode(), kind)
    assert codes(answer) == ["", ""]


async def test_a_refused_job_is_told_which_line_or_field_is_wrong(alice: Together) -> None:
    good = json.dumps(GOOD)
    lines = f"{good}\n\n{good}{good}\n{good[:-1]}\n{good}"
    answer = await alice.send(lines.encode(), "application/x-ndjson")
    told = [one.error.message for one in answer.message.jobs]
    assert told[1].startswith("Line 3 is not JSON: each line must be one whole job")
    assert told[2].startswith("Line 4 is not JSON")
    odd = {**GOOD, "platforms": "x-post", "options": [1], "unknown": 3}
    [entry] = (await alice.create([odd])).message.jobs
    assert entry.error.message.startswith("options, platforms must have the type")
    assert [one.field for one in entry.error.fields] == ["options", "platforms"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_read_as_json_or_told_what_to_send(
    alice: Together, kind: str
) -> None:
    good = json.dumps(GOOD)
    assert codes(await alice.send(f'\ufeff{{"jobs": [{good}]}}'.encode(), kind)) == [""]
    refused = await alice.send(f"{good}\n{good}".encode(), kind)
    assert refused.failure
    assert refused.failure.message == (
        'The body is not JSON. Send {"jobs": [...]}, or one job a line as application/x-ndjson.'
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"jobs": {}}', "application/json"),
        (b'{"jobs": []}', "application/json"),
        (b'{"jobs": [NaN]}', "application/json"),
        (b'{"jobs": ["\xff"]}', "application/json"),
        (b"[" * 200_000, "application/json"),
        (json.dumps({"jobs": [GOOD] * 101}).encode(), "application/json"),
        (b"\n \n", "application/x-ndjson"),
        (b"{}\n" * 101, "application/x-ndjson"),
    ],
)
async def test_what_is_no_batch_is_refused_as_a_whole(
    alice: Together, body: bytes, kind: str
) -> None:
    assert (await alice.send(body, kind)).code == "INVALID_REQUEST"


async def test_the_limits_count_each_job_and_a_replay_creates_what_they_refused(
    gateway: str, redis_url: str, alice: Together
) -> None:
    first = await alice.create([GOOD] * 7, KEY)
    limited = "RATE_LIMIT_EXCEEDED"
    assert codes(first) == [""] * 5 + [limited] * 2
    assert first.message.jobs[6].error.retry_after > 3500
    assert first.headers["ratelimit-policy"].count("new jobs") == 1
    with Redis.from_url(redis_url) as redis:
        redis.delete(keys.counted("new jobs", "user:alice"))
    again = await alice.create([GOOD] * 7, KEY)
    assert codes(again) == [""] * 7
    assert again.message.batch_id == first.message.batch_id
    assert [one.job_id for one in again.message.jobs[:5]] == [
        one.job_id for one in first.message.jobs[:5]
    ]
    assert (await alice.get(again.message.batch_id)).message.state.total == 7
    assert (await alice.create([GOOD] * 3, KEY)).code == "IDEMPOTENCY_CONFLICT"
    assert (await alice.client.create("alice", KEY)).code == "", "a job's key is another key"


async def test_a_stream_tells_of_the_whole_until_every_job_has_ended(alice: Together) -> None:
    batch = (await alice.create([GOOD] * 3)).message.batch_id
    events = aiter(alice.watch(batch, bearer("alice")))
    first = await anext(events)
    assert (first.type, first.state.counts.waiting) == ("connected", 3)
    cancelled = (await alice.cancel(batch)).message.cancelled
    seen = [event async for event in events]
    assert cancelled == 3
    assert (seen[-1].type, seen[-1].state.counts.cancelled) == ("done", 3)
    assert (seen[-1].state.ended, seen[-1].state.progress) == (True, 100)
    assert (await alice.cancel(batch)).message.cancelled == 0


async def test_a_batch_of_somebody_else_looks_like_none(gateway: str, alice: Together) -> None:
    batch = (await alice.create([GOOD])).message.batch_id
    async with connected(gateway, bearer("mallory")) as client:
        mallory = Together(client)
        answers = [await mallory.get(batch), await mallory.cancel(batch), await alice.get("x")]
        assert {answer.code for answer in answers} == {"BATCH_NOT_FOUND"}
        request = jobs_pb2.ListJobsRequest(batch_id=batch)
        assert not (await client.call(client.jobs.ListJobs, request)).message.jobs


async def test_a_batch_is_forgotten_with_the_last_of_its_jobs(
    alice: Together, redis_url: str
) -> None:
    made = (await alice.create([GOOD, GOOD])).message
    with Redis.from_url(redis_url) as redis:
        first, second = (
            keys.state(one.job_id).replace("snapasset:job", "rq:job") for one in made.jobs
        )
        redis.delete(first)
        state = (await alice.get(made.batch_id)).message.state
        assert (state.total, state.counts.waiting) == (2, 1)
        redis.delete(second)
        assert (await alice.get(made.batch_id)).code == "BATCH_NOT_FOUND"
        assert all(redis.ttl(key) > 0 for key in redis.scan_iter("snapasset:batch:*"))


async def test_equal_batches_at_once_create_each_job_once(alice: Together) -> None:
    answers = await asyncio.gather(*(alice.create([GOOD] * 2, KEY) for _ in range(5)))
    assert len({one.job_id for answer in answers for one in answer.message.jobs}) == 2
    assert len({answer.message.batch_id for answer in answers}) == 1
