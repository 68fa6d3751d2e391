"""The ways in: gRPC at a gateway or at the public port, and REST with server-sent events."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
import httpx2
from google.protobuf.json_format import MessageToDict
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub
from snapasset.gateway.v1.renditions_pb2 import CreateRenditionsRequest
from snapasset.gateway.v1.renditions_pb2_grpc import RenditionServiceStub

CALL_SECONDS, STREAM_SECONDS = 15.0, 60.0
_HARMLESS = ("SERVICE_UNAVAILABLE", "DEADLINE_EXCEEDED")
"""What the guide lets a client hear of an outage."""

_REFUSALS = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
"""A server that dies ends its connections, which gRPC gives these names."""
_STREAM_ENDS = (*_REFUSALS, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.INTERNAL)
"""A stream may also reach its deadline, and INTERNAL is how HTTP/2 says that it was cut. When a
service says INTERNAL itself, which its error details tell, that is a fault."""
_DETAILS = "grpc-status-details-bin"

Metadata = tuple[tuple[str, str], ...]


class NoAnswer(Exception):
    """The call failed; `code` is what the client heard, `honest` whether it may hear that."""

    def __init__(self, code: str, *, honest: bool) -> None:
        super().__init__(code)
        self.code = code
        self.honest = honest


class Door(Protocol):
    """One way in. Every method raises NoAnswer."""

    async def create(self, request: pb.CreateJobRequest, metadata: Metadata) -> str:
        """Create a job and return its id."""
        ...

    async def cut(self, request: CreateRenditionsRequest, metadata: Metadata) -> str:
        """Create a job that cuts again and return its id."""
        ...

    async def cancel(self, job_id: str, metadata: Metadata) -> None:
        """Cancel a job."""
        ...

    def watch(self, job_id: str, metadata: Metadata) -> AsyncIterator[tuple[str, str]]:
        """Yield type and status of each event, until the stream ends for whatever reason."""
        ...


@dataclass(frozen=True, slots=True)
class GrpcDoor:
    """gRPC, at whatever port."""

    channel: grpc.aio.Channel

    @property
    def _stub(self) -> Any:
        return JobServiceStub(self.channel)

    async def create(self, request: pb.CreateJobRequest, metadata: Metadata) -> str:
        """See Door."""
        with _heard():
            answer = await self._stub.CreateJob(request, timeout=CALL_SECONDS, metadata=metadata)
        return str(answer.job_id)

    async def cut(self, request: CreateRenditionsRequest, metadata: Metadata) -> str:
        """See Door."""
        stub: Any = RenditionServiceStub(self.channel)
        with _heard():
            answer = await stub.CreateRenditions(request, timeout=CALL_SECONDS, metadata=metadata)
        return str(answer.job_id)

    async def cancel(self, job_id: str, metadata: Metadata) -> None:
        """See Door."""
        request = pb.CancelJobRequest(job_id=job_id)
        with _heard():
            await self._stub.CancelJob(request, timeout=CALL_SECONDS, metadata=metadata)

    async def watch(self, job_id: str, metadata: Metadata) -> AsyncIterator[tuple[str, str]]:
        """See Door."""
        request = pb.WatchJobRequest(job_id=job_id)
        with _heard(in_stream=True):
            call = self._stub.WatchJob(request, timeout=STREAM_SECONDS, metadata=metadata)
            async for event in call:
                yield event.type, event.status


@dataclass(frozen=True, slots=True)
class RestDoor:
    """REST and server-sent events, as the API guide has them."""

    http: httpx2.AsyncClient

    async def create(self, request: pb.CreateJobRequest, metadata: Metadata) -> str:
        """See Door."""
        body = MessageToDict(request)
        with _heard():
            answer = await self.http.post("/api/jobs", json=body, headers=dict(metadata))
        return str(_json_of(answer)["jobId"])

    async def cut(self, request: CreateRenditionsRequest, metadata: Metadata) -> str:
        """See Door."""
        path = f"/api/generations/{request.generation_id}/renditions"
        body = {"renditions": [{"platform": one.platform} for one in request.renditions]}
        with _heard():
            answer = await self.http.post(path, json=body, headers=dict(metadata))
        return str(_json_of(answer)["jobId"])

    async def cancel(self, job_id: str, metadata: Metadata) -> None:
        """See Door."""
        with _heard():
            path = f"/api/jobs/{job_id}/cancel"
            _json_of(await self.http.delete(path, headers=dict(metadata)))

    async def watch(self, job_id: str, metadata: Metadata) -> AsyncIterator[tuple[str, str]]:
        """See Door."""
        path, headers = f"/api/sse/jobs/{job_id}", dict(metadata)
        with _heard():
            async with self.http.stream("GET", path, headers=headers) as answer:
                if answer.status_code != httpx2.codes.OK:
                    await answer.aread()
                    _json_of(answer)
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        event = json.loads(line.removeprefix("data: "))
                        yield event["type"], event["status"]


@contextmanager
def _heard(*, in_stream: bool = False) -> Iterator[None]:
    """Raise NoAnswer for what the client libraries raise; a stream's deadline is our own wish."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        honest = error.code() in (_STREAM_ENDS if in_stream else _REFUSALS)
        if error.code() is grpc.StatusCode.INTERNAL:
            honest = honest and _DETAILS not in dict(error.trailing_metadata() or ())
        raise NoAnswer(f"gRPC {error.code().name}", honest=honest) from error
    except httpx2.TimeoutException as error:
        raise NoAnswer("no answer in time", honest=False) from error
    except httpx2.HTTPError as error:
        raise NoAnswer("connection lost", honest=True) from error


def _json_of(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise NoAnswer(f"HTTP {answer.status_code} without JSON", honest=False) from error
    if answer.is_success:
        return dict(body)
    code = str(body.get("code"))
    honest = answer.status_code in (503, 504) and code in _HARMLESS and bool(body.get("message"))
    raise NoAnswer(f"{answer.status_code} {code}", honest=honest)
