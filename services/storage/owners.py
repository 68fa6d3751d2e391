"""Deletes all of an owner's data, part of it with each call."""

import time
from dataclasses import dataclass

from services.storage.keys import objects_folder, records_folder
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads


@dataclass(frozen=True, kw_only=True, slots=True)
class DeletedBatch:
    """What one call deleted. `done` means that nothing was left."""

    records: int
    objects: int
    done: bool


class Owners:
    """The owners. `seconds` bounds a call; it still finishes a batch that it has begun."""

    def __init__(
        self, store: ObjectStore, threads: StoreThreads, seconds: float, batch: int = 1000
    ) -> None:
        self._store = store
        self._threads = threads
        self._seconds = seconds
        self._batch = batch

    async def delete(self, user_id: str) -> DeletedBatch:
        """Delete an owner's records, then its objects, including those that no record names.

        In this order nobody is shown a generation whose images are gone. Raises InvalidRequest
        and Unavailable; the next call continues.
        """
        until = time.monotonic() + self._seconds
        records, no_records = await self._clear(records_folder(user_id), until)
        if not no_records:
            return DeletedBatch(records=records, objects=0, done=False)
        objects, done = await self._clear(objects_folder(user_id), until)
        return DeletedBatch(records=records, objects=objects, done=done)

    async def _clear(self, folder: str, until: float) -> tuple[int, bool]:
        """Return how many were deleted, and whether those were all."""
        deleted = 0
        while keys := await self._threads.run(self._store.list_keys, folder, "", self._batch):
            await self._threads.run(self._store.delete, keys)
            deleted += len(keys)
            if time.monotonic() >= until:
                return deleted, False
        return deleted, True
