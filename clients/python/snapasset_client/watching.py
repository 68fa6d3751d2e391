"""A job's events until it ends, over as many connections as it takes."""

import asyncio
from collections.abc import AsyncIterator

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from . import words
from .connection import Connection, new_request_id
from .errors import STREAM_ENDED, TIMEOUT, SnapAssetError

_STREAM_SECONDS = 3600.0
"""Every call has a deadline; a stream that meets it is only opened anew."""


async def watch_job(connection: Connection, job_id: str) -> AsyncIterator[pb.WatchJobResponse]:
    """Yield every event, `done` last. Raises SnapAssetError when the API refuses or stays away.

    Each connection begins with `connected`, which carries the full state, so reconnecting loses
    nothing.
    """
    failures, seen = 0, -1
    while True:
        try:
            async for event in _events(connection, job_id):
                # A proxy that cuts every stream after its first event is a failure too.
                if event.type != "connected" or event.sequence != seen:
                    failures = 0
                seen = event.sequence
                yield event
                if event.type == "done":
                    return
            error = SnapAssetError(words.STREAM_ENDED, code=STREAM_ENDED)
        except SnapAssetError as failure:
            error = failure
        failures += 1
        pause = connection.patience.pause_before_stream(error, failures)
        if pause is None:
            raise error
        await asyncio.sleep(pause)


async def _events(connection: Connection, job_id: str) -> AsyncIterator[pb.WatchJobResponse]:
    """Yield one connection's events. A silent one is given up: a lost network gives no sign."""
    request_id = new_request_id()
    call = JobServiceStub(connection.channel).WatchJob(
        pb.WatchJobRequest(job_id=job_id),
        timeout=_STREAM_SECONDS,
        metadata=connection.metadata(request_id),
    )
    try:
        while True:
            async with asyncio.timeout(connection.patience.silence_seconds):
                event = await call.read()
            if not isinstance(event, pb.WatchJobResponse):  # grpc.aio.EOF
                return
            yield event
    except TimeoutError:
        raise SnapAssetError("No event or heartbeat came.", code=TIMEOUT) from None
    except grpc.aio.AioRpcError as failure:
        raise connection.failed(failure, request_id) from failure
    finally:
        call.cancel()
