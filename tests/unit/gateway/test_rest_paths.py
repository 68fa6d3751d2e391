"""The fields of a REST path, where no Envoy has looked at it before."""

from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from snapasset.gateway.v1.jobs_pb2 import GetJobRequest

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.errors import NotFound
from services.gateway.rest_paths import ORIGINAL_PATH, PathInterceptor

METHOD = "/snapasset.gateway.v1.JobService/GetJob"
SENT = GetJobRequest(job_id="sent").SerializeToString()
HANDLER: Any = grpc.unary_unary_rpc_method_handler(lambda *_: None, GetJobRequest.FromString)


async def handler(*metadata: tuple[str, str]) -> Any:
    async def found(_: grpc.HandlerCallDetails) -> Any:
        return HANDLER

    paths = PathInterceptor(read_contracts(descriptor_file().read_bytes()))
    details: Any = SimpleNamespace(method=METHOD, invocation_metadata=metadata)
    return await paths.intercept_service(found, details)


@pytest.mark.parametrize("path", ["/api/jobs/a%20b", "/api/jobs/a%20b?job_id=x", "/api/jobs/a b"])
async def test_a_field_of_the_path_is_taken_from_there(path: str) -> None:
    read = (await handler((ORIGINAL_PATH, path))).request_deserializer
    assert read(SENT).job_id == "a b"


async def test_a_call_that_was_never_rest_is_left_alone() -> None:
    assert (await handler(("x-request-id", "1"))).request_deserializer(SENT).job_id == "sent"


@pytest.mark.parametrize("path", ["/api/jobs/a/cancel", "", "/api/jobs/%ff", "/api/jobs/"])
async def test_a_path_that_is_not_the_methods_is_not_found(path: str) -> None:
    refused = await handler((ORIGINAL_PATH, path))
    with pytest.raises(NotFound):
        await refused.unary_unary(SENT, None)
