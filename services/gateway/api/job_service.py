"""JobService: translates between the public contract and the jobs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import jobs_pb2_grpc

from services.common.errors import JobNotFound, Unauthorized
from services.common.interceptors import Context
from services.gateway.access.caller import Caller
from services.gateway.access.control import caller, maybe_caller
from services.gateway.api import requests
from services.gateway.api.bounds import value_or_fallback
from services.gateway.api.orders import Orders
from services.gateway.api.reception import Reception
from services.gateway.api.selections import selected
from services.gateway.events.hub import EventHub, as_change
from services.jobs.listing import Listing
from services.jobs.moves import Moves
from services.jobs.plan import plan
from services.jobs.reader import Reader
from services.jobs.values import Job
from services.jobs.views.job import Views, summary


class JobService(jobs_pb2_grpc.JobServiceServicer):
    """The JobService of the contract."""

    def __init__(
        self,
        *,
        reception: Reception,
        moves: Moves,
        reader: Reader,
        listing: Listing,
        hub: EventHub,
        views: Views,
        orders: Orders,
        tickets_demanded: bool,
        heartbeat_seconds: float,
    ) -> None:
        self._reception = reception
        self._moves = moves
        self._reader = reader
        self._listing = listing
        self._hub = hub
        self._views = views
        self._orders = orders
        self._tickets_demanded = tickets_demanded
        self._heartbeat_seconds = heartbeat_seconds

    async def CreateJob(self, request: pb.CreateJobRequest, ctx: Context) -> pb.CreateJobResponse:
        """Accept a job."""
        spec = await self._orders.spec(caller(), request)
        answer = await self._reception.accept(ctx, spec, 0 if spec.source else len(plan(spec)))
        return pb.CreateJobResponse(**answer)

    async def GetJob(self, request: pb.GetJobRequest, ctx: Context) -> pb.GetJobResponse:
        """Show a job."""
        return await self._views.job(await self._own(request.job_id))

    async def ListJobs(self, request: pb.ListJobsRequest, ctx: Context) -> pb.ListJobsResponse:
        """List the caller's jobs."""
        selection = selected(request, caller().on_behalf_of(request.user_id))
        limit = value_or_fallback(request, "limit")
        page = await self._listing.page(selection, limit, request.cursor)
        return pb.ListJobsResponse(
            jobs=[summary(job) for job in page.jobs],
            count=len(page.jobs),
            status=selection.status or "all",
            next_cursor=page.next_cursor,
        )

    async def WatchJob(
        self, request: pb.WatchJobRequest, ctx: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        """Stream what happens to a job until it has ended."""
        job_id = requests.job_id(request.job_id)
        by_ticket = self._reception.tickets.opens(request.ticket, job_id)
        if self._tickets_demanded and not by_ticket and maybe_caller() is None:
            raise Unauthorized("Watch with the streamUrl of your job, or send your token.")
        async with self._hub.watch(job_id) as watch:
            job = await self._reader.get(job_id)
            if not by_ticket and (known := maybe_caller()):
                _check_owner(job, known)
            last = as_change(job)
            show = partial(self._views.change, job_id, job.generation_id)
            del job  # a stream may be open for long, and there are thousands
            yield await show(replace(last, type="connected"))
            while not last.status.ended:
                news = await watch.next(last.sequence, self._heartbeat_seconds)
                if news is None:
                    return
                if not news:
                    yield await show(replace(last, type="heartbeat", at=datetime.now(UTC)))
                for change in news:
                    last = change
                    if change.type != "done":
                        yield await show(change)
            yield await show(replace(last, type="done"))

    async def RetryJob(self, request: pb.RetryJobRequest, ctx: Context) -> pb.RetryJobResponse:
        """Put an ended job back in line."""
        job = await self._own(request.job_id)
        await self._reception.intake.retry(
            caller(), job.spec.user_id, job.id, buy_again=request.buy_again
        )
        return pb.RetryJobResponse(
            job_id=job.id, status="retrying", message="Job has been queued for retry"
        )

    async def CancelJob(self, request: pb.CancelJobRequest, ctx: Context) -> pb.CancelJobResponse:
        """Cancel a job."""
        job = await self._own(request.job_id)
        await asyncio.to_thread(self._moves.cancel, job.id)
        return pb.CancelJobResponse(
            job_id=job.id, status="cancelled", message="Job cancelled successfully"
        )

    async def _own(self, text: str) -> Job:
        job = await self._reader.get(requests.job_id(text))
        _check_owner(job, caller())
        return job


def _check_owner(job: Job, known: Caller) -> None:
    """Raise JobNotFound for another owner's job."""
    if not known.may_see(job.spec.user_id):
        raise JobNotFound("There is no such job. Check the job id.")
