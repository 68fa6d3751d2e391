"""The pipeline's Reporter over Redis, fenced by the lease of one attempt.

Each report costs a script, rows of Redis's append-only file and a message to every gateway that has
a watcher. So whatever can wait a moment does, and goes out together with what follows.
"""

import asyncio
import logging
from types import TracebackType
from typing import Self

from redis.exceptions import RedisError

from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.reports import Report, Reports
from services.jobs.steady import steadily

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.0
"""A frozen Redis may cost a report, but must not hold up a bought image."""

_HELD_SECONDS = 0.05
"""How long a report may wait: too short for a watcher to notice."""


class LeasedReporter:
    """Reports of one attempt, for the length of the block; at its end none is held back."""

    def __init__(self, reports: Reports, job_id: str, token: str) -> None:
        self._reports = reports
        self._job_id = job_id
        self._token = token
        self._held: Report | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._lost = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer:
            self._timer.cancel()
        if self._held and not self._held.logs:
            self._held = None  # the job's next move overtakes it
        await self._send_held()

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
        if self._lost:
            raise LeaseLost(self._job_id)
        if log:
            logger.info(log)
        report = Report(
            progress=progress,
            message=message,
            logs=(log,) if log else (),
            checkpoint=checkpoint,
            preview=preview,
        )
        if preview:  # it has an event of its own
            await self._send_held()
        self._held = self._held.followed_by(report) if self._held else report
        if checkpoint is not None:
            await self._save_held()
        elif preview:
            await self._send_held()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_HELD_SECONDS, self._begin_to_send)

    def _begin_to_send(self) -> None:
        self._timer = None
        if self._held:
            self._sending = asyncio.create_task(self._send_held())

    async def _save_held(self) -> None:
        """Write what is held back, however long that takes."""
        async with self._one_at_a_time:
            report, self._held = self._held, None
            if report:
                await steadily(lambda: self._reports.report(self._job_id, self._token, report))

    async def _send_held(self) -> None:
        """Write what is held back, if Redis answers soon."""
        async with self._one_at_a_time:
            report, self._held = self._held, None
            if report is None:
                return
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._reports.report(self._job_id, self._token, report)
            except LeaseLost:
                self._lost = True
            except (RedisError, TimeoutError) as error:
                logger.warning("A report was not written: %r", error)
