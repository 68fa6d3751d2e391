"""Nobody reaches what is another's, on any rpc, over plain gRPC."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from snapasset.gateway.v1 import generations_pb2, jobs_pb2, queue_pb2
from snapasset.storage.v1 import storage_pb2
from snapasset.storage.v1.storage_pb2_grpc import add_StorageServiceServicer_to_server

from services.common.serve import running
from services.gateway.access.api_keys import new_key
from services.jobs.values import generation_id
from services.storage.__main__ import open_service
from services.storage.settings import StorageSettings
from tests.servers.gateway import Client, bearer, connected, running_gateway
from tests.servers.storage import connected as storage_connected

GENERATION = generation_id(f"gen-1700000000000-{'0' * 32}")
JOBS_KEY, JOBS_STORED = new_key("importer", ["jobs"])
ADMIN_KEY, ADMIN_STORED = new_key("sweeper", ["admin"])


@pytest.fixture
async def address(redis_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """Run a gateway, with two API keys and a generation of alice."""
    settings = StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    saved = storage_pb2.Generation(
        generation_id=GENERATION, user_id="alice", job_id=f"gen-1700000000000-{'0' * 32}"
    )
    saved.created_at.FromSeconds(1_700_000_000)
    async with (
        open_service(settings) as service,
        running(settings, 0, [(add_StorageServiceServicer_to_server, service)]) as port,
    ):
        async with storage_connected(port) as stub:
            await stub.SaveGeneration(storage_pb2.SaveGenerationRequest(generation=saved))
        async with running_gateway(
            redis_url,
            storage_address=f"127.0.0.1:{port}",
            api_key_lines=(JOBS_STORED.line, ADMIN_STORED.line),
        ) as address:
            yield address


@pytest.fixture
async def alices_job(address: str) -> str:
    """Create a job of alice."""
    async with connected(address, bearer("alice")) as alice:
        job_id: str = (await alice.create("alice")).message.job_id
        return job_id


def every_call(client: Client, job_id: str, user_id: str = "") -> dict[str, tuple[Any, Any]]:
    """Return a call of each rpc that names a job or a generation, or lists them."""
    return {
        "get": (client.jobs.GetJob, jobs_pb2.GetJobRequest(job_id=job_id)),
        "watch": (client.jobs.WatchJob, jobs_pb2.WatchJobRequest(job_id=job_id)),
        "cancel": (client.jobs.CancelJob, jobs_pb2.CancelJobRequest(job_id=job_id)),
        "retry": (client.jobs.RetryJob, jobs_pb2.RetryJobRequest(job_id=job_id)),
        "list": (client.jobs.ListJobs, jobs_pb2.ListJobsRequest(user_id=user_id)),
        "history": (
            client.generations.ListGenerations,
            generations_pb2.ListGenerationsRequest(user_id=user_id),
        ),
        "generation": (
            client.generations.GetGeneration,
            generations_pb2.GetGenerationRequest(generation_id=GENERATION, user_id=user_id),
        ),
        "delete": (
            client.generations.DeleteGeneration,
            generations_pb2.DeleteGenerationRequest(generation_id=GENERATION, user_id=user_id),
        ),
        "pause": (client.queue.PauseQueue, queue_pb2.PauseQueueRequest()),
        "resume": (client.queue.ResumeQueue, queue_pb2.ResumeQueueRequest()),
        "clean": (client.queue.CleanQueue, queue_pb2.CleanQueueRequest()),
        "stats": (client.queue.GetQueueStats, queue_pb2.GetQueueStatsRequest()),
    }


JOB = dict.fromkeys(("get", "watch", "cancel", "retry"), "JOB_NOT_FOUND")
GENERATIONS = dict.fromkeys(("generation", "delete"), "GENERATION_NOT_FOUND")
OPERATOR = dict.fromkeys(("pause", "resume", "clean"), "FORBIDDEN")
NAMED = ("list", "history", "generation", "delete")
OWN = {"list": "", "history": "", "stats": ""}


@pytest.mark.parametrize(
    ("credentials", "user_id", "codes"),
    [
        (bearer("mallory"), "", {**JOB, **GENERATIONS, **OPERATOR, **OWN}),
        (
            bearer("mallory"),
            "alice",
            {**JOB, **OPERATOR, **dict.fromkeys(NAMED, "FORBIDDEN"), "stats": ""},
        ),
        (
            bearer("mallory", role="admin"),
            "",
            {**JOB, **GENERATIONS, **OWN, "pause": "", "resume": "", "clean": ""},
        ),
        (
            ("x-api-key", JOBS_KEY),
            "",
            {**OPERATOR, **GENERATIONS, "list": "", "history": ""},
        ),
        (
            ("x-api-key", JOBS_KEY),
            "alice",
            {**OPERATOR, **dict.fromkeys((*JOB, *NAMED), ""), "retry": "JOB_NOT_RETRYABLE"},
        ),
        (
            ("x-api-key", ADMIN_KEY),
            "alice",
            {**dict.fromkeys((*JOB, *NAMED), "FORBIDDEN"), "pause": "", "resume": "", "stats": ""},
        ),
        (
            ("x-api-key", "wrong"),
            "alice",
            dict.fromkeys((*JOB, *NAMED, *OPERATOR, "stats"), "UNAUTHORIZED"),
        ),
        (
            ("x-trace", "nobody"),
            "alice",
            {**dict.fromkeys((*JOB, *NAMED, *OPERATOR, "stats"), "UNAUTHORIZED"), "watch": ""},
        ),
    ],
)
async def test_each_caller_reaches_what_is_its_own(
    address: str,
    alices_job: str,
    credentials: tuple[str, str],
    user_id: str,
    codes: dict[str, str],
) -> None:
    async with connected(address, credentials) as client:
        calls = every_call(client, alices_job, user_id)
        # Retry comes before cancel, which would make it possible.
        order = sorted(codes, key=lambda name: name == "cancel")
        assert {name: (await client.call(*calls[name])).code for name in order} == codes


async def test_lists_show_only_the_callers_own(address: str, alices_job: str) -> None:
    counts = {}
    for user in ("alice", "mallory"):
        async with connected(address, bearer(user)) as client:
            calls = every_call(client, alices_job)
            answers = [await client.call(*calls[name]) for name in ("list", "history")]
            counts[user] = [answer.message.count for answer in answers]
    assert counts == {"alice": [1, 1], "mallory": [0, 0]}


async def test_only_an_api_key_creates_for_another(address: str) -> None:
    async with (
        connected(address, bearer("mallory")) as mallory,
        connected(address, ("x-api-key", JOBS_KEY)) as key,
        connected(address, bearer("bob")) as bob,
    ):
        assert (await mallory.create("bob")).code == "FORBIDDEN"
        created = await key.create("bob")
        assert (await bob.get(created.message.job_id)).message.data.user_id == "bob"
