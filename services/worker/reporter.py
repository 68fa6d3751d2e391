"""The pipeline's Reporter over Redis, fenced by the lease of one attempt."""

import asyncio
import logging

from redis.exceptions import RedisError

from services.jobs.checkpoint import Checkpoint
from services.jobs.reports import Report, Reports
from services.jobs.steady import steadily

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.0
"""A frozen Redis may cost a report, but must not hold up a bought image."""


class LeasedReporter:
    """Reports of one attempt."""

    def __init__(self, reports: Reports, job_id: str, token: str) -> None:
        self._reports = reports
        self._job_id = job_id
        self._token = token

    async def report(
        self,
        *,
        progress: int | None = None,
        message: str = "",
        log: str = "",
        checkpoint: Checkpoint | None = None,
        preview: str = "",
    ) -> None:
        """See ports.Reporter."""
        report = Report(
            progress=progress, message=message, log=log, checkpoint=checkpoint, preview=preview
        )
        if log:
            logger.info(log)
        if checkpoint is not None:
            await steadily(lambda: self._reports.report(self._job_id, self._token, report))
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._reports.report(self._job_id, self._token, report)
        except (RedisError, TimeoutError) as error:
            logger.warning("A report was not written: %r", error)
