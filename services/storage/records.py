"""Keeps generation records beside the objects that they describe."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from services.common.errors import GenerationNotFound
from services.common.keys import ObjectKey, generation_folder
from services.storage.keys import (
    BESIDE,
    addition_key,
    addition_name,
    mistake,
    page_start,
    page_token,
    public_key,
    record_key,
    records_folder,
)
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.whole import read_whole, write_whole

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

MAX_ADDITIONS = 240
"""Additions to one record: 200 renditions, and at most 32 notes on deleted ones of its job."""

_MAX_RECORD_BYTES = 256 * 1024

# Well under the 4 MiB that gRPC allows a message.
_MAX_PAGE_BYTES = 2 * 1024 * 1024

_BATCH = 1000
_HANDFUL = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A record, and what was added to it since, by name and in the order of the names."""

    record: bytes
    additions: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """How long all of it is."""
        return len(self.record) + sum(map(len, self.additions.values()))


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentPage:
    """Records, newest first, and the token of the next page, which is empty on the last."""

    records: Sequence[Kept]
    next_token: str


class GenerationRecords:
    """The records of all owners. A record is a JSON document whose content does not matter here.

    So is an addition to it, which has a name and lies beside it.
    """

    def __init__(self, store: ObjectStore, threads: StoreThreads) -> None:
        self._store = store
        self._threads = threads

    async def save(self, user_id: str, generation_id: str, record: bytes) -> None:
        """Store a record, replacing an earlier one. Raises InvalidRequest when too large."""
        await self._threads.run(self._write, record_key(user_id, generation_id), record)

    async def add(self, user_id: str, generation_id: str, additions: Mapping[str, bytes]) -> None:
        """Store additions to a record by name, each replacing an earlier one of that name.

        Raises GenerationNotFound, and InvalidRequest for too many.
        """
        record = record_key(user_id, generation_id)
        await self._must_exist(record)
        added = {addition_key(record, name): data for name, data in additions.items()}
        if len({*added, *await self._additions(record)}) > MAX_ADDITIONS:
            raise mistake("generationId", f"must have at most {MAX_ADDITIONS} further renditions")
        for key, data in added.items():
            await self._threads.run(self._write, key, data)
        try:
            await self._must_exist(record)
        except GenerationNotFound:  # deleted meanwhile, perhaps without what was just written
            await self._threads.run(self._store.delete, [*added])
            raise

    async def remove(self, user_id: str, generation_id: str, name: str) -> None:
        """Delete an addition to a record; one that does not exist counts as deleted."""
        key = addition_key(record_key(user_id, generation_id), name)
        await self._threads.run(self._store.delete, [key])

    async def get(self, user_id: str, generation_id: str) -> Kept:
        """Return a record. Raises GenerationNotFound."""
        record = record_key(user_id, generation_id)
        kept = await self._read_all([record, *await self._additions(record)])
        if kept is None:
            raise _not_found()
        return kept

    async def list_page(self, user_id: str, page_size: int | None, token: str) -> DocumentPage:
        """Return an owner's page of records: first the keys, then what is kept under them.

        A page ends early where it would become too large for a message. Raises InvalidRequest.
        """
        size = DEFAULT_PAGE_SIZE if page_size is None else page_size
        if not 1 <= size <= MAX_PAGE_SIZE:
            raise mistake("pageSize", f"must be 1 to {MAX_PAGE_SIZE}")
        groups = await self._keys_of_page(user_id, page_start(user_id, token), size + 1)
        found = await asyncio.gather(*map(self._read_all, groups[:size]))
        taken = _fitting(found)
        records = [kept for kept in found[:taken] if kept is not None]
        more = page_token(groups[taken - 1][0]) if taken < len(groups) else ""
        return DocumentPage(records=records, next_token=more)

    async def delete(self, user_id: str, generation_id: str) -> int:
        """Delete a generation's objects, then its record; return how many objects there were.

        Raises GenerationNotFound. In this order a failure leaves the record, by which the rest
        can be deleted again.
        """
        key = record_key(user_id, generation_id)
        await self._must_exist(key)
        folder, last, deleted = generation_folder(user_id, generation_id), "", 0
        while keys := await self._threads.run(self._store.list_keys, folder, last, _BATCH):
            await self._threads.run(self._store.delete, keys)
            last, deleted = keys[-1], deleted + len(keys)
        await self._threads.run(self._store.delete, [*await self._additions(key), key])
        return deleted

    async def delete_object(self, key: str) -> None:
        """Delete one object of a generation; one that does not exist counts as deleted."""
        await self._threads.run(self._store.delete, [public_key(key)])

    async def _must_exist(self, record: ObjectKey) -> None:
        if not await self._threads.run(self._store.exists, record):
            raise _not_found()

    async def _additions(self, record: ObjectKey) -> list[ObjectKey]:
        """Return the keys of what was added to a record; they come right after its own."""
        folder = record[: record.rindex("/") + 1]
        behind = await self._threads.run(self._store.list_keys, folder, record, MAX_ADDITIONS)
        return [key for key in behind if key.startswith(record + BESIDE)]

    async def _keys_of_page(self, user_id: str, after: str, count: int) -> list[list[ObjectKey]]:
        """Return the keys of `count` records after `after`, each with those of its additions."""
        groups: list[list[ObjectKey]] = []
        while keys := await self._threads.run(
            self._store.list_keys, records_folder(user_id), after, count + MAX_ADDITIONS
        ):
            for key in keys:
                if BESIDE not in key.rpartition("/")[2]:
                    if len(groups) == count:
                        return groups
                    groups.append([key])
                elif groups and key.startswith(groups[-1][0] + BESIDE):
                    groups[-1].append(key)
            after = keys[-1]
        return groups

    async def _read_all(self, keys: Sequence[ObjectKey]) -> Kept | None:
        """Return a record and its additions, or None if there is no record."""
        record, *additions = await self._read_if_there(keys)
        if record is None:
            return None
        named = zip(map(addition_name, keys[1:]), additions, strict=True)
        return Kept(record=record, additions={name: one for name, one in named if one is not None})

    async def _read_if_there(self, keys: Sequence[ObjectKey]) -> list[bytes | None]:
        """Read some objects, a handful in each thread: small ones cost less than their threads."""
        handfuls = [keys[at : at + _HANDFUL] for at in range(0, len(keys), _HANDFUL)]
        read = (self._threads.run(self._read, handful) for handful in handfuls)
        return [one for handful in await asyncio.gather(*read) for one in handful]

    def _read(self, keys: Sequence[ObjectKey]) -> list[bytes | None]:
        """Return objects; None for those that have been deleted since they were listed."""
        return [read_whole(self._store, key) for key in keys]

    def _write(self, key: ObjectKey, record: bytes) -> None:
        checksum = sha256(record).hexdigest()
        write_whole(self._store, key, "application/json", record, checksum, _MAX_RECORD_BYTES)


def _fitting(records: Sequence[Kept | None]) -> int:
    """Return how many records from the first one on fit into a page; at least one."""
    total = 0
    for at, record in enumerate(records):
        total += record.size_bytes if record else 0
        if total > _MAX_PAGE_BYTES and at:
            return at
    return len(records)


def _not_found() -> GenerationNotFound:
    return GenerationNotFound("There is no such generation.")
