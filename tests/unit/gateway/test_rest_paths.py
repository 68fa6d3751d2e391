"""The fields of a REST path, where no Envoy has looked at it before."""

from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.message import Message
from snapasset.gateway.v1.jobs_pb2 import GetJobRequest
from snapasset.gateway.v1.renditions_pb2 import GetMasterRequest

from services.common import context
from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.errors import NotFound
from services.gateway.rest_paths import ORIGINAL_PATH, Paths

METHOD = "/snapasset.gateway.v1.JobService/GetJob"


async def read(request: Message, *metadata: tuple[str, str], method: str = METHOD) -> None:
    paths = Paths(read_contracts(descriptor_file().read_bytes()))
    ctx: Any = SimpleNamespace(invocation_metadata=lambda: metadata)
    context.request.set(request)
    async with paths.around(ctx, method):
        pass


@pytest.mark.parametrize("path", ["/api/jobs/a%20b", "/api/jobs/a%20b?job_id=x", "/api/jobs/a b"])
async def test_a_field_of_the_path_is_taken_from_there(path: str) -> None:
    request = GetJobRequest(job_id="sent")
    await read(request, (ORIGINAL_PATH, path))
    assert request.job_id == "a b"


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("-1", -1), ("2.0", 0), ("2e0", 0)])
async def test_a_number_in_a_path_is_taken_from_there(text: str, number: int) -> None:
    path = (ORIGINAL_PATH, f"/api/generations/1/masters/{text}?master=7")
    request = GetMasterRequest(master=7)
    await read(request, path, method="/snapasset.gateway.v1.RenditionService/GetMaster")
    assert request.master == number


async def test_a_call_that_was_never_rest_is_left_alone() -> None:
    request = GetJobRequest(job_id="sent")
    await read(request, ("x-request-id", "1"))
    assert request.job_id == "sent"


@pytest.mark.parametrize("path", ["/api/jobs/a/cancel", "", "/api/jobs/%ff", "/api/jobs/"])
async def test_a_path_that_is_not_the_methods_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        await read(GetJobRequest(job_id="sent"), (ORIGINAL_PATH, path))
