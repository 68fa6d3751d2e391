"""Keeps generation records beside the objects that they speak of."""

import asyncio
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256

from services.common.errors import GenerationNotFound, ObjectNotFound
from services.common.keys import ObjectKey, generation_folder
from services.storage.keys import mistake, page_start, page_token, record_key, records_folder
from services.storage.store import ObjectStore
from services.storage.threads import Threads
from services.storage.upload import Upload

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

_MAX_RECORD_BYTES = 256 * 1024

# Well under the 4 MiB that gRPC allows a message.
_MAX_PAGE_BYTES = 2 * 1024 * 1024

_BATCH = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Records, newest first, and the token of the next page, which is empty on the last."""

    records: Sequence[bytes]
    next_token: str


class GenerationRecords:
    """The records of all owners. A record is a JSON document whose inside is not our concern."""

    def __init__(self, store: ObjectStore, threads: Threads) -> None:
        self._store = store
        self._threads = threads

    async def save(self, user_id: str, generation_id: str, record: bytes) -> None:
        """Store a record, in place of an earlier one. Raises InvalidRequest when too large."""
        await self._threads.run(self._write, record_key(user_id, generation_id), record)

    async def get(self, user_id: str, generation_id: str) -> bytes:
        """Return a record. Raises GenerationNotFound."""
        key = record_key(user_id, generation_id)
        try:
            return await self._threads.run(self._read, key)
        except ObjectNotFound as error:
            raise _not_found() from error

    async def list_page(self, user_id: str, page_size: int | None, token: str) -> Page:
        """Return an owner's page of records: its keys by one listing, then each record.

        A page ends early where it would get too large for a message. Raises InvalidRequest.
        """
        size = DEFAULT_PAGE_SIZE if page_size is None else page_size
        if not 1 <= size <= MAX_PAGE_SIZE:
            raise mistake("pageSize", f"must be 1 to {MAX_PAGE_SIZE}")
        after = page_start(user_id, token)
        keys = await self._threads.run(
            self._store.list_keys, records_folder(user_id), after, size + 1
        )
        found = await asyncio.gather(*(self._read_if_there(key) for key in keys[:size]))
        taken = _fitting(found)
        records = [record for record in found[:taken] if record is not None]
        more = page_token(keys[taken - 1]) if taken < len(keys) else ""
        return Page(records=records, next_token=more)

    async def delete(self, user_id: str, generation_id: str) -> int:
        """Delete a generation's objects, then its record; return how many objects there were.

        Raises GenerationNotFound. In this order a failure leaves the record, by which the rest
        can be deleted again.
        """
        key = record_key(user_id, generation_id)
        if not await self._threads.run(self._store.exists, key):
            raise _not_found()
        folder, last, deleted = generation_folder(user_id, generation_id), "", 0
        while keys := await self._threads.run(self._store.list_keys, folder, last, _BATCH):
            await self._threads.run(self._store.delete, keys)
            last, deleted = keys[-1], deleted + len(keys)
        await self._threads.run(self._store.delete, [key])
        return deleted

    async def _read_if_there(self, key: ObjectKey) -> bytes | None:
        with suppress(ObjectNotFound):  # deleted since it was listed
            return await self._threads.run(self._read, key)
        return None

    def _read(self, key: ObjectKey) -> bytes:
        with closing(self._store.open(key)) as reading:
            return reading.read_all()

    def _write(self, key: ObjectKey, record: bytes) -> None:
        upload = Upload(self._store, key, "application/json", _MAX_RECORD_BYTES)
        with closing(upload):
            upload.write(record)
            upload.commit(len(record), sha256(record).hexdigest())


def _fitting(records: Sequence[bytes | None]) -> int:
    """Return how many records from the first one on fit into a page; at least one."""
    total = 0
    for at, record in enumerate(records):
        total += len(record or b"")
        if total > _MAX_PAGE_BYTES and at:
            return at
    return len(records)


def _not_found() -> GenerationNotFound:
    return GenerationNotFound("There is no generation of this id.")
