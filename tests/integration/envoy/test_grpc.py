"""gRPC and gRPC-Web pass through the same port with their statuses intact."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from snapasset.gateway.v1 import jobs_pb2, jobs_pb2_grpc

from services.common.contracts import REFLECTION_SERVICES
from services.common.errors import AppError, all_errors
from tests.integration.envoy.conftest import Front

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEB = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}
GET_JOB = "/snapasset.gateway.v1.JobService/GetJob"


async def test_unary_and_streaming_calls(front: Front) -> None:
    async with grpc.aio.insecure_channel(front.address) as channel:
        stub = jobs_pb2_grpc.JobServiceStub(channel)
        job = await stub.GetJob(jobs_pb2.GetJobRequest(job_id="gen-1"), timeout=5)
        watch = stub.WatchJob(jobs_pb2.WatchJobRequest(job_id="gen-1"), timeout=5)
        types = [event.type async for event in watch]
    assert job.result.images[0].size == 245000
    assert types == ["connected", "done"]


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.code)
async def test_errors_keep_status_and_details(front: Front, kind: type[AppError]) -> None:
    async with grpc.aio.insecure_channel(front.address) as channel:
        stub = jobs_pb2_grpc.JobServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetJob(jobs_pb2.GetJobRequest(job_id=kind.code), timeout=5)
    assert (caught.value.code(), caught.value.details()) == (kind.grpc_code, "Told.")
    status = rpc_status.from_call(caught.value)  # type: ignore[no-untyped-call]
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(bad)
    assert (info.reason, bad.field_violations[0].field) == (kind.code, "prompt")


async def test_health_is_open(front: Front) -> None:
    async with grpc.aio.insecure_channel(front.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
        answer = await health.Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def silence() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


@pytest.mark.parametrize("service", [*REFLECTION_SERVICES, "nobody.v1.NoService"])
async def test_a_stream_to_what_is_not_there_is_refused_before_it_ends(
    front: Front, service: str
) -> None:
    async with grpc.aio.insecure_channel(front.address) as channel:
        call: Any = channel.stream_stream(f"/{service}/ServerReflectionInfo")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await anext(aiter(call(silence(), timeout=5)))
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_errors_of_envoy_are_plain_statuses(front: Front) -> None:
    async with grpc.aio.insecure_channel(front.address) as channel:
        stub = jobs_pb2_grpc.JobServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetJob(jobs_pb2.GetJobRequest(job_id="slow"), timeout=5)
    assert caught.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    assert "{" not in (caught.value.details() or "")


def frame(message: bytes) -> bytes:
    """Return one gRPC-Web data frame."""
    return b"\0" + struct.pack(">I", len(message)) + message


async def test_grpc_web(front: Front) -> None:
    asked = frame(jobs_pb2.GetJobRequest(job_id="gen-1").SerializeToString())
    answer = await front.http.post(GET_JOB, content=asked, headers=WEB)
    assert answer.headers["content-type"] == "application/grpc-web+proto"
    length = struct.unpack(">I", answer.content[1:5])[0]
    job = jobs_pb2.GetJobResponse.FromString(answer.content[5 : 5 + length])
    assert job.job_id == "gen-1"
    trailers = answer.content[5 + length :]
    assert trailers[0] == 0x80
    assert b"grpc-status:0" in trailers.replace(b" ", b"")


async def test_grpc_web_as_text(front: Front) -> None:
    asked = base64.b64encode(frame(jobs_pb2.GetJobRequest(job_id="gen-1").SerializeToString()))
    headers = {"content-type": "application/grpc-web-text", "accept": "application/grpc-web-text"}
    answer = await front.http.post(GET_JOB, content=asked, headers=headers)
    assert answer.headers["content-type"].startswith("application/grpc-web-text")
    assert b"gen-1" in base64.b64decode(answer.content[:64])


async def test_grpc_web_error_keeps_its_status(front: Front) -> None:
    asked = frame(jobs_pb2.GetJobRequest(job_id="JOB_NOT_FOUND").SerializeToString())
    headers = {**WEB, "origin": "https://app.example"}
    answer = await front.http.post(GET_JOB, content=asked, headers=headers)
    assert (answer.status_code, answer.headers["grpc-status"]) == (200, "5")
    assert "grpc-status-details-bin" in answer.headers
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
