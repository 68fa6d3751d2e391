"""What stopped attempts still have to do after freeing their slots: store what is paid for."""

import asyncio
import contextlib

from redis.exceptions import RedisError

from services.jobs.claims import Claims
from services.worker.pipeline.rescue import Rescue


class Aftermath:
    """Finishes the purchases of stopped attempts in the background."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._going_on: set[asyncio.Task[None]] = set()

    def begin(self, job_id: str, token: str, rescue: Rescue) -> None:
        """Store what the attempt with this token has bought, then report that it is gone."""
        task = asyncio.create_task(self._end(job_id, token, rescue))
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)

    async def over(self) -> None:
        """Return when nothing is going on any more, after some seconds at most."""
        if self._going_on:
            await asyncio.wait(self._going_on)

    async def _end(self, job_id: str, token: str, rescue: Rescue) -> None:
        await rescue.end()
        with contextlib.suppress(RedisError):  # a retry stops waiting for us after a while
            await asyncio.to_thread(self._claims.gone, job_id, token)
