"""The operations on jobs."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from ..connection import Connection
from ..errors import JobFailed
from ..headers import header
from ..paging import PAGE_SIZE, entries
from ..watching import watch_job
from .base import Calls


class JobCalls(Calls):
    """One caller's jobs."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._jobs = JobServiceStub(connection.channel)

    async def create_job(
        self,
        order: pb.CreateJobRequest,
        *,
        idempotency_key: str | None = None,
        wait_seconds: int = 0,
    ) -> pb.CreateJobResponse:
        """Create a job. The key, generated unless given, makes it safe to repeat a call whose
        answer was lost: there will be no second job.

        With `wait_seconds`, 25 at most, the answer comes once the job has ended, and then has it as
        `job`; or after so many seconds, without it.
        """
        key = header("idempotency-key", idempotency_key or uuid.uuid4().hex, "idempotency key")
        return await self._ask(
            self._jobs.CreateJob, order, also=(key,), wait_seconds=max(0, wait_seconds)
        )

    async def create_and_wait(self, order: pb.CreateJobRequest) -> pb.WatchJobResponse:
        """Create a job and return its last event. Raises JobFailed when it did not complete."""
        created = await self.create_job(order)
        return await self.wait(created.job_id)

    async def wait(self, job_id: str) -> pb.WatchJobResponse:
        """Return a job's last event. Raises JobFailed when it did not complete."""
        last = pb.WatchJobResponse()
        async for event in self.watch(job_id):
            last = event
        if last.status != "completed":
            raise JobFailed(last)
        return last

    def watch(self, job_id: str) -> AsyncIterator[pb.WatchJobResponse]:
        """Yield every event of a job until `done`, over as many connections as it takes."""
        return watch_job(self._connection, job_id)

    async def get_job(self, job_id: str) -> pb.GetJobResponse:
        """Return a job as it is now."""
        return await self._ask(self._jobs.GetJob, pb.GetJobRequest(job_id=job_id))

    def jobs(
        self,
        *,
        status: str | None = None,
        user_id: str = "",
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        platform: str = "",
        batch_id: str = "",
        sort: str = "",
    ) -> AsyncIterator[pb.JobSummary]:
        """Yield jobs, newest first unless `sort` is "oldest", page by page: the caller's, or
        `user_id`'s for an API key. A time without a zone is local."""

        async def ask(cursor: str) -> tuple[Sequence[pb.JobSummary], str]:
            request = pb.ListJobsRequest(
                status=status or "",
                limit=PAGE_SIZE,
                cursor=cursor,
                user_id=user_id,
                created_after=_written(created_after),
                created_before=_written(created_before),
                platform=platform,
                batch_id=batch_id,
                sort=sort,
            )
            page = await self._ask(self._jobs.ListJobs, request)
            return page.jobs, page.next_cursor

        return entries(ask)

    async def retry_job(self, job_id: str, *, buy_again: bool = False) -> pb.RetryJobResponse:
        """Put a failed or cancelled job back into the queue.

        `buy_again` allows one more purchase when an earlier one may have been paid for.
        """
        request = pb.RetryJobRequest(job_id=job_id, buy_again=buy_again)
        # After a lost answer a second try could fail because the first one worked.
        return await self._ask(self._jobs.RetryJob, request, repeatable=False)

    async def cancel_job(self, job_id: str) -> pb.CancelJobResponse:
        """Cancel a job; cancelling twice succeeds twice."""
        return await self._ask(self._jobs.CancelJob, pb.CancelJobRequest(job_id=job_id))


def _written(moment: datetime | None) -> str:
    """Return a moment as the API reads it."""
    return moment.astimezone(UTC).isoformat() if moment else ""
