"""The fields of a REST path, where no Envoy has looked at it before."""

from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from snapasset.gateway.v1.jobs_pb2 import GetJobRequest
from snapasset.gateway.v1.renditions_pb2 import GetMasterRequest

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.errors import NotFound
from services.gateway.rest_paths import ORIGINAL_PATH, PathInterceptor

METHOD = "/snapasset.gateway.v1.JobService/GetJob"
SENT = GetJobRequest(job_id="sent").SerializeToString()
HANDLER: Any = grpc.unary_unary_rpc_method_handler(lambda *_: None, GetJobRequest.FromString)
MASTERS: Any = grpc.unary_stream_rpc_method_handler(lambda *_: None, GetMasterRequest.FromString)


async def handler(*metadata: tuple[str, str], method: str = METHOD, original: Any = HANDLER) -> Any:
    async def found(_: grpc.HandlerCallDetails) -> Any:
        return original

    paths = PathInterceptor(read_contracts(descriptor_file().read_bytes()))
    details: Any = SimpleNamespace(method=method, invocation_metadata=metadata)
    return await paths.intercept_service(found, details)


@pytest.mark.parametrize("path", ["/api/jobs/a%20b", "/api/jobs/a%20b?job_id=x", "/api/jobs/a b"])
async def test_a_field_of_the_path_is_taken_from_there(path: str) -> None:
    read = (await handler((ORIGINAL_PATH, path))).request_deserializer
    assert read(SENT).job_id == "a b"


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("-1", -1), ("2.0", 0), ("2e0", 0)])
async def test_a_number_in_a_path_is_taken_from_there(text: str, number: int) -> None:
    path = (ORIGINAL_PATH, f"/api/generations/1/masters/{text}?master=7")
    method = "/snapasset.gateway.v1.RenditionService/GetMaster"
    read = (await handler(path, method=method, original=MASTERS)).request_deserializer
    assert read(GetMasterRequest(master=7).SerializeToString()).master == number


async def test_a_call_that_was_never_rest_is_left_alone() -> None:
    assert (await handler(("x-request-id", "1"))).request_deserializer(SENT).job_id == "sent"


@pytest.mark.parametrize("path", ["/api/jobs/a/cancel", "", "/api/jobs/%ff", "/api/jobs/"])
async def test_a_path_that_is_not_the_methods_is_not_found(path: str) -> None:
    refused = await handler((ORIGINAL_PATH, path))
    with pytest.raises(NotFound):
        await refused.unary_unary(SENT, None)
