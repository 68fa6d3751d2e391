"""Ends the streams of jobs that Redis has lost: nothing will ever be published about them."""

import asyncio
import logging

from redis.exceptions import RedisError

from services.gateway.events.hub import EventHub
from services.jobs.reader import Reader

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 10.0
_BATCH = 500
"""Jobs per query: 10,000 watched jobs cost 20 short scripts each time."""


class LostJobs:
    """Checks all watched jobs at regular intervals."""

    def __init__(self, hub: EventHub, reader: Reader) -> None:
        self._hub = hub
        self._reader = reader

    async def watch(self, pause_seconds: float = _PAUSE_SECONDS) -> None:
        """Check them until cancelled."""
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self.look()
            except RedisError as error:
                logger.warning("Watched jobs could not be checked: %s", error)
            except Exception:  # without this loop streams of lost jobs would never end
                logger.exception("Checking the watched jobs failed; trying again")

    async def look(self) -> None:
        """Check them once."""
        watched = self._hub.watched
        for first in range(0, len(watched), _BATCH):
            for job_id in await self._reader.gone(watched[first : first + _BATCH]):
                logger.warning("A watched job is lost", extra={"job_id": job_id})
                self._hub.end_lost(job_id)
