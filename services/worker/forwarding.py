"""Forwards to storage what stopped attempts and dead workers have left in the spool."""

import asyncio
import logging
from itertools import islice

from services.common.errors import AppError, JobNotFound
from services.jobs.reader import Reader
from services.jobs.values import Job, Status
from services.worker.pipeline.kept import is_kept, keep
from services.worker.pipeline.ports import Store
from services.worker.spool.spool import DiskSpool, Held

logger = logging.getLogger(__name__)

FORWARD_SECONDS = 5.0
"""How often the spool is searched."""

_LEFT_SECONDS = 30.0
"""By then a live attempt has usually stored its parcel; if not, both store the same."""

_AT_ONCE = 8


class Forwarding:
    """Forwards parcels that have been in the spool for `after_seconds`."""

    def __init__(
        self,
        spool: DiskSpool,
        store: Store,
        reader: Reader,
        *,
        after_seconds: float = _LEFT_SECONDS,
    ) -> None:
        self._after_seconds = after_seconds
        self._spool = spool
        self._store = store
        self._reader = reader

    async def forward(self) -> None:
        """Search the spool once. Raises RedisError."""
        for held in await asyncio.to_thread(self._left_behind):
            try:
                await self._forward(held)
            except AppError as error:
                logger.warning("A parcel stays in the spool: %s", error.message)
            finally:
                held.close()

    async def _forward(self, held: Held) -> None:
        parcel, job = held.parcel, await self._job(held.parcel.job_id)
        if job and job.status is Status.CANCELLED:
            return  # its owner's data may be about to be deleted; a retry of the job wants it again
        if job is None or _is_whole(job) or await is_kept(self._store, parcel):
            # Its job is done or gone, or storage has this image or that of another purchase.
            logger.info("A parcel is no longer needed", extra={"job_id": parcel.job_id})
            self._spool.forget(held)
            return
        await keep(self._store, self._spool, held)
        logger.info("A parcel of the spool has reached storage", extra={"job_id": parcel.job_id})

    async def _job(self, job_id: str) -> Job | None:
        """Return a job, None when there is none."""
        try:
            return await self._reader.get(job_id)
        except JobNotFound:
            return None

    def _left_behind(self) -> list[Held]:
        return list(islice(self._spool.left_behind(self._after_seconds), _AT_ONCE))


def _is_whole(job: Job) -> bool:
    """Return whether a job has made everything, so that no retry of it will look for anything."""
    return job.status is Status.COMPLETED and not (job.result and job.result.failures)
