"""The client: every operation of the public contract, as messages of the contract."""

import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc
from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import generations_pb2 as gen
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import models_pb2 as mod
from snapasset.gateway.v1 import queue_pb2 as que
from snapasset.gateway.v1 import renditions_pb2 as ren
from snapasset.gateway.v1 import site_pb2 as site
from snapasset.gateway.v1 import uploads_pb2 as upl
from snapasset.gateway.v1 import usage_pb2 as usg
from snapasset.gateway.v1 import users_pb2 as use
from snapasset.gateway.v1.batches_pb2_grpc import BatchServiceStub
from snapasset.gateway.v1.generations_pb2_grpc import GenerationServiceStub
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub
from snapasset.gateway.v1.models_pb2_grpc import ModelServiceStub
from snapasset.gateway.v1.queue_pb2_grpc import QueueServiceStub
from snapasset.gateway.v1.renditions_pb2_grpc import RenditionServiceStub
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub
from snapasset.gateway.v1.uploads_pb2_grpc import UploadServiceStub
from snapasset.gateway.v1.usage_pb2_grpc import UsageServiceStub
from snapasset.gateway.v1.users_pb2_grpc import UserServiceStub

from .addresses import Origin, origins_of
from .connection import Connection, TokenSource
from .downloads import read_image, read_master, save_image
from .errors import JobFailed
from .folders import Folder
from .headers import header
from .links import Follower
from .paging import PAGE_SIZE, entries
from .patience import Patience
from .uploads import FileSource, Progress, send_file
from .watching import watch_batch, watch_job
from .webhooks import WebhookCalls


class SnapAsset(WebhookCalls):
    """One API and one caller; use it with `async with`.

    Links to a private bucket are followed to https at public addresses, to the API's own origin and
    to `image_origins`. Every method raises SnapAssetError when the API refuses, fails, does not
    answer, or answers what it never should.
    """

    def __init__(
        self,
        address: str,
        *,
        token: TokenSource = None,
        api_key: str | None = None,
        tls: grpc.ChannelCredentials | None = None,
        image_origins: Iterable[str] = (),
        patience: Patience | None = None,
    ) -> None:
        """Raise ValueError for an invalid address."""
        origin, patience = Origin.of(address), patience or Patience()
        self._connection = Connection(origin, tls, token=token, api_key=api_key, patience=patience)
        super().__init__(self._connection)
        channel = self._connection.channel
        self._follower = Follower(
            trusted=origins_of(image_origins) | {origin}, timeout_seconds=patience.timeout_seconds
        )
        self._call = self._connection.unary
        self._jobs = JobServiceStub(channel)
        self._batches = BatchServiceStub(channel)
        self._queue = QueueServiceStub(channel)
        self._generations = GenerationServiceStub(channel)
        self._renditions = RenditionServiceStub(channel)
        self._site = SiteServiceStub(channel)
        self._models = ModelServiceStub(channel)
        self._usage = UsageServiceStub(channel)
        self._users = UserServiceStub(channel)
        self._uploads = UploadServiceStub(channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.channel.close()

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
        return await self._call(
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
        return await self._call(self._jobs.GetJob, pb.GetJobRequest(job_id=job_id))

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
            page = await self._call(self._jobs.ListJobs, request)
            return page.jobs, page.next_cursor

        return entries(ask)

    async def retry_job(self, job_id: str, *, buy_again: bool = False) -> pb.RetryJobResponse:
        """Put a failed or cancelled job back into the queue.

        `buy_again` allows one more purchase when an earlier one may have been paid for.
        """
        request = pb.RetryJobRequest(job_id=job_id, buy_again=buy_again)
        # After a lost answer a second try could fail because the first one worked.
        return await self._call(self._jobs.RetryJob, request, repeatable=False)

    async def cancel_job(self, job_id: str) -> pb.CancelJobResponse:
        """Cancel a job; cancelling twice succeeds twice."""
        return await self._call(self._jobs.CancelJob, pb.CancelJobRequest(job_id=job_id))

    async def create_batch(
        self, orders: Sequence[pb.CreateJobRequest], *, idempotency_key: str | None = None
    ) -> bat.CreateBatchResponse:
        """Create up to 100 jobs of one user, each accepted or refused on its own. With the same key
        and the same orders a repeat creates what was refused before, and no job twice."""
        key = header("idempotency-key", idempotency_key or uuid.uuid4().hex, "idempotency key")
        request = bat.CreateBatchRequest(jobs=orders)
        return await self._call(self._batches.CreateBatch, request, also=(key,))

    async def get_batch(
        self, batch_id: str, *, limit: int | None = None, cursor: str = ""
    ) -> bat.GetBatchResponse:
        """Return how far a batch is, and a page of its jobs: all 100, unless `limit` says fewer."""
        request = bat.GetBatchRequest(batch_id=batch_id, limit=limit, cursor=cursor)
        return await self._call(self._batches.GetBatch, request)

    def watch_batch(self, batch_id: str) -> AsyncIterator[bat.WatchBatchResponse]:
        """Yield every event of a batch until `done`, over as many connections as it takes."""
        return watch_batch(self._connection, batch_id)

    async def cancel_batch(self, batch_id: str) -> bat.CancelBatchResponse:
        """Cancel the jobs of a batch that have not ended."""
        request = bat.CancelBatchRequest(batch_id=batch_id)
        return await self._call(self._batches.CancelBatch, request)

    async def queue_stats(self) -> que.GetQueueStatsResponse:
        """Return how many jobs there are in each state."""
        return await self._call(self._queue.GetQueueStats, que.GetQueueStatsRequest())

    async def clean_queue(
        self, *, grace: int | None = None, status: str | None = None
    ) -> que.CleanQueueResponse:
        """Forget jobs that ended more than `grace` milliseconds ago; for administrators."""
        request = que.CleanQueueRequest(grace=grace, status=status or "")
        return await self._call(self._queue.CleanQueue, request)

    async def pause_queue(self) -> que.PauseQueueResponse:
        """Keep the workers from taking new jobs; for administrators."""
        return await self._call(self._queue.PauseQueue, que.PauseQueueRequest())

    async def resume_queue(self) -> que.ResumeQueueResponse:
        """Let the workers take jobs again; for administrators."""
        return await self._call(self._queue.ResumeQueue, que.ResumeQueueRequest())

    def generations(self, *, user_id: str = "") -> AsyncIterator[gen.Generation]:
        """Yield the history, newest first, page by page; `user_id` as in `jobs`."""

        async def ask(cursor: str) -> tuple[Sequence[gen.Generation], str]:
            request = gen.ListGenerationsRequest(limit=PAGE_SIZE, cursor=cursor, user_id=user_id)
            page = await self._call(self._generations.ListGenerations, request)
            return page.generations, page.next_cursor

        return entries(ask)

    async def get_generation(self, generation_id: str, *, user_id: str = "") -> gen.Generation:
        """Return one generation of the history; `user_id` as in `jobs`."""
        request = gen.GetGenerationRequest(generation_id=generation_id, user_id=user_id)
        found = await self._call(self._generations.GetGeneration, request)
        return found.generation

    async def delete_generation(
        self, generation_id: str, *, user_id: str = ""
    ) -> gen.DeleteGenerationResponse:
        """Delete a generation with all its images; `user_id` as in `jobs`."""
        request = gen.DeleteGenerationRequest(generation_id=generation_id, user_id=user_id)
        return await self._call(self._generations.DeleteGeneration, request, repeatable=False)

    async def cut(
        self,
        order: ren.CreateRenditionsRequest,
        *,
        idempotency_key: str | None = None,
        wait_seconds: int = 0,
    ) -> ren.CreateRenditionsResponse:
        """Create a job that cuts a bought image again; the rest as in `create_job`."""
        key = header("idempotency-key", idempotency_key or uuid.uuid4().hex, "idempotency key")
        return await self._call(
            self._renditions.CreateRenditions, order, also=(key,), wait_seconds=wait_seconds
        )

    async def delete_rendition(
        self, generation_id: str, rendition_id: str, *, user_id: str = ""
    ) -> ren.DeleteRenditionResponse:
        """Delete one image of a generation; `user_id` as in `jobs`."""
        request = ren.DeleteRenditionRequest(
            generation_id=generation_id, rendition_id=rendition_id, user_id=user_id
        )
        return await self._call(self._renditions.DeleteRendition, request, repeatable=False)

    def master(
        self, generation_id: str, number: int = 1, *, user_id: str = ""
    ) -> AsyncIterator[bytes]:
        """Yield the bytes of a bought image; `user_id` as in `jobs`."""
        request = ren.GetMasterRequest(generation_id=generation_id, master=number, user_id=user_id)
        return read_master(self._connection, request)

    async def upload(
        self, source: FileSource, *, user_id: str = "", progress: Progress | None = None
    ) -> upl.CreateUploadResponse:
        """Send an image: the path of a file, its bytes, or an asynchronous stream of them.

        `progress` is called with how many bytes are sent and, if that is known, of how many;
        `user_id` as in `jobs`. Raises OSError for a file that cannot be read.
        """
        return await send_file(self._connection, source, user_id, progress)

    def uploads(self, *, user_id: str = "") -> AsyncIterator[upl.Upload]:
        """Yield uploads, newest first, page by page; `user_id` as in `jobs`."""

        async def ask(cursor: str) -> tuple[Sequence[upl.Upload], str]:
            request = upl.ListUploadsRequest(limit=PAGE_SIZE, cursor=cursor, user_id=user_id)
            page = await self._call(self._uploads.ListUploads, request)
            return page.uploads, page.next_cursor

        return entries(ask)

    async def get_upload(self, upload_id: str, *, user_id: str = "") -> upl.Upload:
        """Return one upload; `user_id` as in `jobs`."""
        request = upl.GetUploadRequest(upload_id=upload_id, user_id=user_id)
        found = await self._call(self._uploads.GetUpload, request)
        return found.upload

    async def delete_upload(self, upload_id: str, *, user_id: str = "") -> upl.DeleteUploadResponse:
        """Delete an upload; `user_id` as in `jobs`."""
        request = upl.DeleteUploadRequest(upload_id=upload_id, user_id=user_id)
        return await self._call(self._uploads.DeleteUpload, request, repeatable=False)

    async def delete_user_data(self, user_id: str) -> AsyncIterator[use.DeleteUserDataResponse]:
        """Delete all data kept about a user; for administrators.

        Yields what each call has deleted, up to the one that is `done`.
        """
        request = use.DeleteUserDataRequest(user_id=user_id)
        done = False
        while not done:
            answer = await self._call(self._users.DeleteUserData, request)
            yield answer
            done = answer.done

    async def platforms(self) -> list[site.Platform]:
        """Return the platforms that a job may ask for."""
        found = await self._call(self._site.ListPlatforms, site.ListPlatformsRequest())
        return list(found.platforms)

    async def usage(self, *, month: str = "", user_id: str = "") -> usg.GetUsageResponse:
        """Return what an owner has used in a month, such as "2026-11": the caller and the current
        month unless given."""
        request = usg.GetUsageRequest(month=month, user_id=user_id)
        return await self._call(self._usage.GetUsage, request)

    async def models(self) -> list[mod.Model]:
        """Return the image models that a job may ask for, in order of preference."""
        found = await self._call(self._models.ListModels, mod.ListModelsRequest())
        return list(found.models)

    async def health(self) -> site.GetHealthResponse:
        """Return the health of the service and each of its parts."""
        return await self._call(self._site.GetHealth, site.GetHealthRequest())

    async def api_index(self) -> site.GetApiIndexResponse:
        """Return the name and the version of the API, and where its parts are."""
        return await self._call(self._site.GetApiIndex, site.GetApiIndexRequest())

    def download(self, image: pb.JobImage) -> AsyncIterator[bytes]:
        """Yield the bytes of an image."""
        return read_image(self._connection, self._follower, image)

    async def save(self, image: pb.JobImage, folder: str | Path | Folder) -> Path:
        """Write an image into `folder`, which is created if missing, and return the file.

        Nothing is overwritten: FileExistsError if another file has the name. Raises OSError.
        """
        if isinstance(folder, Folder):
            return await save_image(self._connection, self._follower, image, folder)
        with Folder.open(Path(folder)) as opened:
            return await save_image(self._connection, self._follower, image, opened)


def _written(moment: datetime | None) -> str:
    """Return a moment as the API reads it."""
    return moment.astimezone(UTC).isoformat() if moment else ""
