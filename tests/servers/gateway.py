"""Runs the gateway's API on a real Redis, in this process, and calls it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import jwt
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from snapasset.gateway.v1 import (
    generations_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    queue_pb2_grpc,
    site_pb2_grpc,
)

from services.common.serve import running
from services.common.telemetry import Telemetry
from services.gateway.opening import open_gateway
from services.gateway.settings import GatewaySettings

SECRET = "a-secret-of-the-tests-that-is-long-enough"
ISSUER = "https://issuer.example"
_SECONDS = 20

Metadata = tuple[tuple[str, str], ...]


@asynccontextmanager
async def running_gateway(redis_url: str, **given: Any) -> AsyncIterator[str]:
    """Serve jobs, queue and generations for the length of the block; gives the address."""
    telemetry: Telemetry | None = given.pop("telemetry", None)
    known = {"jwt_secret": SECRET, "jwt_issuer": ISSUER, "drain_seconds": 0, "grace_seconds": 1}
    settings = GatewaySettings(**{**known, "redis_url": redis_url, **given})
    assert not settings.complaints()
    async with (
        open_gateway(settings, telemetry) as parts,
        running(settings, 0, parts.registrations, parts.arounds, parts.draining, telemetry) as port,
    ):
        yield f"127.0.0.1:{port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An error as a gRPC client sees it."""

    code: str
    message: str
    retry_after_seconds: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one call gave: a message with its headers, or a failure."""

    message: Any = None
    headers: dict[str, str]
    failure: Failure | None = None

    @property
    def code(self) -> str:
        """The code of the API guide, "" for a success."""
        return self.failure.code if self.failure else ""


class Client:
    """Calls one gateway with fixed metadata. Tests of other services bring stubs for `channel`."""

    def __init__(self, channel: grpc.aio.Channel, metadata: Metadata) -> None:
        self.jobs: Any = jobs_pb2_grpc.JobServiceStub(channel)
        self.queue: Any = queue_pb2_grpc.QueueServiceStub(channel)
        self.generations: Any = generations_pb2_grpc.GenerationServiceStub(channel)
        self.site: Any = site_pb2_grpc.SiteServiceStub(channel)
        self.channel = channel
        self._metadata = metadata

    async def call(self, rpc: Any, request: Any, *more: tuple[str, str]) -> Answer:
        """Call a unary rpc, or take the first message of a stream."""
        call = rpc(request, metadata=(*self._metadata, *more), timeout=_SECONDS)
        try:
            message = await (call if hasattr(call, "__await__") else anext(aiter(call)))
            headers = _texts(await call.initial_metadata())
        except grpc.aio.AioRpcError as error:
            return Answer(headers=_texts(error.trailing_metadata()), failure=_failure(error))
        finally:
            call.cancel()
        return Answer(message=message, headers=headers)

    async def create(
        self, user_id: str, *more: tuple[str, str], prompt: str = "A lighthouse in a storm"
    ) -> Answer:
        """Create a job."""
        request = jobs_pb2.CreateJobRequest(
            user_id=user_id, prompt=prompt, platforms=["instagram-post"]
        )
        return await self.call(self.jobs.CreateJob, request, *more)

    async def get(self, job_id: str) -> Answer:
        """Get a job."""
        return await self.call(self.jobs.GetJob, jobs_pb2.GetJobRequest(job_id=job_id))

    async def watch(self, job_id: str, ticket: str = "") -> Answer:
        """Open a job's stream."""
        request = jobs_pb2.WatchJobRequest(job_id=job_id, ticket=ticket)
        return await self.call(self.jobs.WatchJob, request)


@asynccontextmanager
async def connected(address: str, *metadata: tuple[str, str]) -> AsyncIterator[Client]:
    """Connect to a gateway."""
    async with grpc.aio.insecure_channel(address) as channel:
        yield Client(channel, metadata)


def bearer(user_id: str, **claims: object) -> tuple[str, str]:
    """Return the header that names a user."""
    now = int(time.time())
    known = {"iss": ISSUER, "aud": "authenticated", "sub": user_id, "exp": now + 86_400}
    return "authorization", f"Bearer {jwt.encode({**known, **claims}, SECRET, 'HS256')}"


def _failure(error: grpc.aio.AioRpcError) -> Failure:
    status = rpc_status.from_call(error)  # type: ignore[no-untyped-call]
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for detail in status.details if status else ():
        detail.Unpack(info) or detail.Unpack(retry)
    return Failure(
        code=info.reason or error.code().name,
        message=error.details() or "",
        retry_after_seconds=retry.retry_delay.ToMilliseconds() / 1000 or None,
    )


def _texts(metadata: Any) -> dict[str, str]:
    return {key: value for key, value in metadata or () if isinstance(value, str)}
