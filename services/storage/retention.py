"""Removes generations for which nothing has been stored for long: records first, then objects.

A pass looks only at generations whose ids say that they are old enough, and asks the store when
each was last written, so that a recently retried job loses nothing. A record is removed first,
so that no history lists missing images; the next pass finds objects without a record, whoever left
them. Several processes may do this at once: removing something twice does no harm.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.common.errors import AppError
from services.common.keys import ObjectKey
from services.storage.keys import BESIDE, RECORDS, first_uuid, record_name
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.walking import PAGE, folders, is_older

logger = logging.getLogger(__name__)

_MOST = 10_000


class Retention:
    """Removes what is older than `age`; one call to the store at a time."""

    def __init__(
        self, store: ObjectStore, threads: StoreThreads, age: timedelta, most: int = _MOST
    ) -> None:
        self._store = store
        self._threads = threads
        self._age = age
        self._most = most

    async def run(self, pause_seconds: float) -> None:
        """Make passes for ever, the first one soon."""
        pause = min(pause_seconds, 60.0)
        while True:
            # Processes that start together must not stay in step.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            try:
                removed = await self.sweep(datetime.now(UTC))
            except AppError as error:
                logger.warning("The old generations could not all be removed: %s", error.message)
            else:
                if removed:
                    logger.info("Removed %d records and folders past their retention", removed)
            pause = pause_seconds

    async def sweep(self, now: datetime) -> int:
        """Make one pass; return how many records and folders it removed, at most `most` of each.

        Raises Unavailable; what is left is for the next pass.
        """
        before = now - self._age
        removed = 0
        async for key in self._old_records(before):
            await self._threads.run(self._store.delete, [key])
            removed += 1
            if removed == self._most:
                break
        emptied = 0
        async for folder in self._old_folders(before):
            while keys := await self._threads.run(self._store.list_keys, folder, "", PAGE):
                await self._threads.run(self._store.delete, keys)
            emptied += 1
            if emptied == self._most:
                break
        return removed + emptied

    async def _old_records(self, before: datetime) -> AsyncIterator[ObjectKey]:
        async for segment in folders(self._store, self._threads, RECORDS):
            folder = f"{RECORDS}{segment}/"
            after = folder + record_name(first_uuid(before))
            async for kept in self._kept(folder, after):
                # The last one first: where a rendition was cut lately, the record stays too.
                for key in reversed(kept):
                    if not await is_older(self._store, self._threads, key, before):
                        break
                else:
                    for key in reversed(kept):
                        yield key

    async def _kept(self, folder: str, after: str) -> AsyncIterator[list[ObjectKey]]:
        """Yield the keys of each record after `after`, with those of what was added to it."""
        kept: list[ObjectKey] = []
        while keys := await self._threads.run(self._store.list_keys, folder, after, PAGE):
            for key in keys:
                if kept and not key.startswith(kept[0] + BESIDE):
                    yield kept
                    kept = []
                kept.append(key)
            after = keys[-1]
        if kept:
            yield kept

    async def _old_folders(self, before: datetime) -> AsyncIterator[str]:
        """Yield folders of old generations that have no record."""
        first_new = str(first_uuid(before))
        async for segment in folders(self._store, self._threads, ""):
            if f"{segment}/" == RECORDS:
                continue
            async for name in folders(self._store, self._threads, f"{segment}/"):
                if name >= first_new:
                    break  # and so are all after it
                if await self._is_left(segment, name, before):
                    yield f"{segment}/{name}/"

    async def _is_left(self, segment: str, name: str, before: datetime) -> bool:
        with suppress(ValueError):
            record = ObjectKey(f"{RECORDS}{segment}/{record_name(UUID(name))}")
            if await self._threads.run(self._store.exists, record):
                return False
            folder, after = f"{segment}/{name}/", ""
            while keys := await self._threads.run(self._store.list_keys, folder, after, PAGE):
                for key in keys:
                    if not await is_older(self._store, self._threads, key, before):
                        return False
                after = keys[-1]
            return True
        return False  # not ours: no generation has a name like this
