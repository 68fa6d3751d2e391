"""The events of a job, or of a batch, until it ends, over as many connections as it takes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, TypeVar

import grpc
from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.batches_pb2_grpc import BatchServiceStub
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from . import words
from .connection import Connection, new_request_id
from .errors import STREAM_ENDED, TIMEOUT, SnapAssetError

_STREAM_SECONDS = 3600.0
"""Every call has a deadline; a stream that meets it is only opened anew."""

Event = TypeVar("Event", pb.WatchJobResponse, bat.WatchBatchResponse)


Opened = Callable[..., Any]
"""Opens a stream, with a deadline and metadata. grpc's own types forget what it carries."""


def watch_job(connection: Connection, job_id: str) -> AsyncIterator[pb.WatchJobResponse]:
    """Yield every event of a job, `done` last; see `_watch`."""
    request, stub = pb.WatchJobRequest(job_id=job_id), JobServiceStub(connection.channel)
    return _watch(connection, partial(stub.WatchJob, request), lambda event: event.sequence)


def watch_batch(connection: Connection, batch_id: str) -> AsyncIterator[bat.WatchBatchResponse]:
    """Yield every event of a batch, `done` last; see `_watch`."""
    request, stub = bat.WatchBatchRequest(batch_id=batch_id), BatchServiceStub(connection.channel)
    opened = partial(stub.WatchBatch, request)
    return _watch(connection, opened, lambda event: event.state.SerializeToString())


async def _watch(
    connection: Connection, opened: Opened, state: Callable[[Event], object]
) -> AsyncIterator[Event]:
    """Yield every event, `done` last. Raises SnapAssetError when the API refuses or stays away.

    Each connection begins with `connected`, which carries the full state, so reconnecting loses
    nothing. `state` tells one state from another.
    """
    failures, seen = 0, None
    while True:
        try:
            event: Event
            async for event in _events(connection, opened):
                # A proxy that cuts every stream after its first event is a failure too.
                if event.type != "connected" or state(event) != seen:
                    failures = 0
                seen = state(event)
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


async def _events(connection: Connection, opened: Opened) -> AsyncIterator[Any]:
    """Yield one connection's events. A silent one is given up: a lost network gives no sign."""
    request_id = new_request_id()
    call = opened(timeout=_STREAM_SECONDS, metadata=connection.metadata(request_id))
    try:
        while True:
            async with asyncio.timeout(connection.patience.silence_seconds):
                event = await call.read()
            if event is grpc.aio.EOF:
                return
            yield event
    except TimeoutError:
        raise SnapAssetError("No event or heartbeat came.", code=TIMEOUT) from None
    except grpc.aio.AioRpcError as failure:
        raise connection.failed(failure, request_id) from failure
    finally:
        call.cancel()
