"""Removes uploads that nobody can know any more: Redis has lost its register of them.

As long as the register knows an upload, a worker removes it when it is due, at last after
`UPLOAD_LIFE`. Several processes may do this at once: removing something twice does no harm.
"""

import asyncio
import logging
import random
from datetime import UTC, datetime, timedelta

from services.common.errors import AppError
from services.common.keys import UPLOAD_LIFE, UPLOADS
from services.storage.keys import RECORDS
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.walking import PAGE, folders, is_older

logger = logging.getLogger(__name__)

PAUSE = timedelta(days=1)
_FIRST_SECONDS = 600.0
_MARGIN = timedelta(days=1)
"""An upload is stored some minutes before the register counts its life."""


class ForgottenUploads:
    """Looks through the uploads of all owners; one call to the store at a time."""

    def __init__(self, store: ObjectStore, threads: StoreThreads) -> None:
        self._store = store
        self._threads = threads

    async def run(self) -> None:
        """Make a pass every day for ever, the first one soon."""
        pause = _FIRST_SECONDS
        while True:
            # Processes that start together must not stay in step.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            try:
                if removed := await self.sweep(datetime.now(UTC)):
                    logger.info("Removed %d uploads that were forgotten", removed)
            except AppError as error:
                logger.warning("Forgotten uploads could not all be removed: %s", error.message)
            pause = PAUSE.total_seconds()

    async def sweep(self, now: datetime) -> int:
        """Make one pass; return how many uploads it removed.

        Raises Unavailable; what is left is for the next pass.
        """
        before, removed = now - UPLOAD_LIFE - _MARGIN, 0
        async for segment in folders(self._store, self._threads, ""):
            if f"{segment}/" == RECORDS:  # those of an owner who is called "uploads" lie there
                continue
            removed += await self._sweep(f"{segment}/{UPLOADS}/", before)
        return removed

    async def _sweep(self, folder: str, before: datetime) -> int:
        """Remove what is old; the names of uploads begin with their time, so that comes first."""
        removed = 0
        while keys := await self._threads.run(self._store.list_keys, folder, "", PAGE):
            for key in keys:
                if not await is_older(self._store, self._threads, key, before):
                    return removed
                await self._threads.run(self._store.delete, [key])
                removed += 1
        return removed
