"""Waits for jobs to end, for callers who would rather have one late answer than watch."""

import asyncio
import logging

from redis.exceptions import RedisError

from services.common.errors import JobNotFound
from services.gateway.events.hub import EventHub
from services.jobs.reader import Reader
from services.jobs.values import Job

logger = logging.getLogger(__name__)


class Endings:
    """Lets at most `most` callers at once wait for the ends of their jobs.

    All of them share the hub's one subscription; none of them polls.
    """

    def __init__(self, hub: EventHub, reader: Reader, most: int) -> None:
        self._hub = hub
        self._reader = reader
        self._most = most
        self._waiting = 0

    @property
    def is_full(self) -> bool:
        """True while nobody else may wait."""
        return self._waiting >= self._most

    async def of(self, job_id: str, seconds: float) -> Job | None:
        """Return the job once it has ended; None if it has not after `seconds`.

        None as well if it cannot be read, or if this process stops: the caller's job is accepted,
        whatever happens here.
        """
        self._waiting += 1
        try:
            job = await self._reader.get(job_id)
            if job.status.ended or seconds <= 0:
                return job if job.status.ended else None
            async with asyncio.timeout(seconds):
                return await self._ended(job_id, seconds)
        except (TimeoutError, JobNotFound):
            return None
        except RedisError as error:
            logger.warning(
                "Redis does not answer, so a caller that waits gets its answer early: %s",
                error,
                extra={"job_id": job_id},
            )
            return None
        finally:
            self._waiting -= 1

    async def _ended(self, job_id: str, seconds: float) -> Job | None:
        async with self._hub.watch(job_id) as watch:
            job = await self._reader.get(job_id)
            ended, seen = job.status.ended, job.sequence
            while not ended:
                news = await watch.next(seen, seconds)
                if news is None:
                    return None
                for change in news:
                    ended, seen = change.status.ended, change.sequence
        return await self._reader.get(job_id)
