"""Ends the streams of jobs that Redis has lost: nothing will ever be published of them."""

import asyncio
import logging

from redis.exceptions import RedisError

from services.gateway.events.hub import EventHub
from services.jobs.reader import Reader

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 10.0
_BATCH = 500
"""Jobs in one question: 10,000 that are watched cost 20 short scripts each time."""


class LostJobs:
    """Looks for all watched jobs, again and again."""

    def __init__(self, hub: EventHub, reader: Reader) -> None:
        self._hub = hub
        self._reader = reader

    async def watch(self, pause_seconds: float = _PAUSE_SECONDS) -> None:
        """Look for them until cancelled."""
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self.look()
            except RedisError as error:
                logger.warning("Watched jobs could not be looked for: %s", error)
            except Exception:  # without this loop streams of lost jobs would never end
                logger.exception("Looking for watched jobs broke, going on")

    async def look(self) -> None:
        """Look for them once."""
        watched = self._hub.watched
        for first in range(0, len(watched), _BATCH):
            for job_id in await self._reader.gone(watched[first : first + _BATCH]):
                logger.warning("A watched job is lost", extra={"job_id": job_id})
                self._hub.end_lost(job_id)
