"""BatchService: creates many jobs with one call, and shows, watches and cancels them together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from snapasset.gateway.v1 import batches_pb2 as pb
from snapasset.gateway.v1 import batches_pb2_grpc, jobs_pb2

from services.common.errors import BatchNotFound, JobNotCancellable, JobNotFound, Unauthorized
from services.common.interceptors import Context
from services.gateway.access.caller import Caller
from services.gateway.access.control import caller, maybe_caller
from services.gateway.access.tickets import Tickets
from services.gateway.api import requests
from services.gateway.api.batch_intake import BatchIntake, written
from services.gateway.api.bounds import value_or_fallback
from services.gateway.api.idempotency import key_of, once_of_batch
from services.gateway.api.orders import orders_in
from services.gateway.events.bell import bell_of
from services.gateway.events.hub import EventHub
from services.jobs.batches import Batch, Batches
from services.jobs.listing import Listing
from services.jobs.moves import Moves
from services.jobs.selection import Selection
from services.jobs.views.job import summary, timestamp

_PAUSE_SECONDS = 0.5
"""Between two looks at a batch of which something has changed."""


class BatchService(batches_pb2_grpc.BatchServiceServicer):
    """The BatchService of the contract."""

    def __init__(
        self,
        *,
        batches: Batches,
        batch_intake: BatchIntake,
        tickets: Tickets,
        listing: Listing,
        moves: Moves,
        hub: EventHub,
        tickets_demanded: bool,
        heartbeat_seconds: float,
    ) -> None:
        self._batches = batches
        self._batch_intake = batch_intake
        self._tickets = tickets
        self._listing = listing
        self._moves = moves
        self._hub = hub
        self._tickets_demanded = tickets_demanded
        self._heartbeat_seconds = heartbeat_seconds

    async def CreateBatch(
        self, request: pb.CreateBatchRequest, ctx: Context
    ) -> pb.CreateBatchResponse:
        """Accept jobs, each on its own."""
        orders, key = orders_in(request), key_of(ctx)
        once = once_of_batch(caller().subject, key, [*map(written, orders)]) if key else None
        batch_id = await self._batches.open(once)
        entries = await self._batch_intake.accept(caller(), orders, key, batch_id)
        accepted = sum(not entry.HasField("error") for entry in entries)
        stream = f"/api/sse/batches/{batch_id}"
        return pb.CreateBatchResponse(
            batch_id=batch_id,
            accepted=accepted,
            refused=len(entries) - accepted,
            jobs=entries,
            links=jobs_pb2.JobLinks(
                self=f"/api/batches/{batch_id}",
                stream=stream,
                cancel=f"/api/batches/{batch_id}/cancel",
            ),
            stream_url=f"{stream}?ticket={self._tickets.issue(batch_id)}",
        )

    async def GetBatch(self, request: pb.GetBatchRequest, ctx: Context) -> pb.GetBatchResponse:
        """Show a batch and some of its jobs."""
        requests.check(request)
        batch = await self._own(request.batch_id, caller())
        limit = value_or_fallback(request, "limit")
        selection = Selection(owner=batch.owner, batch_id=batch.id, oldest_first=True)
        page = await self._listing.page(selection, limit, request.cursor)
        return pb.GetBatchResponse(
            state=_state(batch), jobs=map(summary, page.jobs), next_cursor=page.next_cursor
        )

    async def WatchBatch(
        self, request: pb.WatchBatchRequest, ctx: Context
    ) -> AsyncIterator[pb.WatchBatchResponse]:
        """Stream how far a batch is until it has ended."""
        batch_id = requests.batch_id(request.batch_id)
        by_ticket = self._tickets.opens(request.ticket, batch_id)
        known = None if by_ticket else maybe_caller()
        if self._tickets_demanded and not by_ticket and known is None:
            raise Unauthorized("Watch with the streamUrl of your batch, or send your token.")
        last = await self._own(batch_id, known)
        async with bell_of(self._hub, last.unfinished) as bell:
            last = await self._batches.read(batch_id)
            yield _event("connected", last)
            while not last.ended:
                rang = await bell.rings(self._heartbeat_seconds)
                if bell.closed:
                    return
                batch = await self._batches.read(batch_id)
                if batch != last:
                    last = batch
                    if not batch.ended:
                        yield _event("progress", batch)
                        await asyncio.sleep(_PAUSE_SECONDS)
                elif not rang:
                    yield _event("heartbeat", batch)
            yield _event("done", last)

    async def CancelBatch(
        self, request: pb.CancelBatchRequest, ctx: Context
    ) -> pb.CancelBatchResponse:
        """Cancel what has not ended."""
        batch = await self._own(request.batch_id, caller())
        cancelled = await asyncio.to_thread(self._cancel, batch.unfinished)
        return pb.CancelBatchResponse(batch_id=batch.id, cancelled=cancelled)

    def _cancel(self, job_ids: Sequence[str]) -> int:
        cancelled = 0
        for job_id in job_ids:
            with suppress(JobNotFound, JobNotCancellable):  # it has ended in the meantime
                self._moves.cancel(job_id)
                cancelled += 1
        return cancelled

    async def _own(self, text: str, known: Caller | None) -> Batch:
        batch = await self._batches.read(requests.batch_id(text))
        if known and not known.may_see(batch.owner):
            raise BatchNotFound("There is no such batch. Check the batch's id.")
        return batch


def _state(batch: Batch) -> pb.BatchState:
    return pb.BatchState(
        batch_id=batch.id,
        user_id=batch.owner,
        created_at=timestamp(batch.created_at),
        total=batch.total,
        counts=pb.BatchCounts(**{status.value: n for status, n in batch.counts.items()}),
        progress=batch.progress,
        ended=batch.ended,
    )


def _event(kind: str, batch: Batch) -> pb.WatchBatchResponse:
    now = timestamp(datetime.now(UTC))
    return pb.WatchBatchResponse(type=kind, state=_state(batch), timestamp=now)
