"""The operations that callers have on objects."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from services.common.errors import RangeNotSatisfiable
from services.common.keys import ObjectKey
from services.storage.facts import ObjectFacts
from services.storage.keys import mistake, public_key
from services.storage.reading import Reading
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.whole import read_whole, write_whole
from services.storage.writing import Writing

MAX_CHUNK_BYTES = MAX_SMALL_BYTES = 1024 * 1024
MAX_KEYS = 16

_TOGETHER_BYTES, _TOGETHER = 256 * 1024, 64
"""So many bytes, or chunks, of an upload are written together. Each upload that stands still keeps
as much in memory."""

_CONTENT_TYPE = re.compile(r"(?=.{3,127}\Z)[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)

# Far above any object and far below 64 bits, which S3 servers compute ranges in.
_MAX_OFFSET = 1 << 50


class Objects:
    """The objects that have a public key."""

    def __init__(self, store: ObjectStore, threads: StoreThreads, max_object_bytes: int) -> None:
        self._store = store
        self._threads = threads
        self._max_object_bytes = max_object_bytes

    @asynccontextmanager
    async def receiving(self, key: str, content_type: str) -> AsyncIterator["Receiving"]:
        """Begin an upload; unless it is committed within the block, it is discarded."""
        checked = _named(key, content_type)
        writing = partial(Writing, self._store, checked, content_type, self._max_object_bytes)
        receiving = Receiving(writing, self._threads)
        try:
            yield receiving
        finally:
            await asyncio.shield(receiving.close())

    async def put(self, key: str, content_type: str, data: bytes, sha256: str) -> ObjectFacts:
        """Store a small object. Raises InvalidRequest when it is large or its bytes are wrong."""
        checked = _named(key, content_type)
        if len(data) > MAX_SMALL_BYTES:
            raise mistake("data", f"must have {MAX_SMALL_BYTES} bytes at most")
        return await self._threads.run(
            write_whole, self._store, checked, content_type, data, sha256, self._max_object_bytes
        )

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the small objects that there are of `keys`. Raises InvalidRequest for too much."""
        if not 1 <= len(keys) <= MAX_KEYS:
            raise mistake("keys", f"must be 1 to {MAX_KEYS}")
        checked = [public_key(key, f"keys[{number}]") for number, key in enumerate(keys)]
        return await self._threads.run(self._read, checked)

    async def check_room(self, size_bytes: int) -> None:
        """Raise StorageFull when there is certainly no room for so many bytes."""
        await self._threads.run(self._store.check_room, size_bytes)

    async def stat(self, key: str) -> ObjectFacts:
        """Return the facts of an object. Raises ObjectNotFound."""
        return await self._threads.run(self._store.stat, public_key(key))

    async def delete(self, key: str) -> None:
        """Delete an object; one that does not exist counts as deleted."""
        await self._threads.run(self._store.delete, [public_key(key)])

    @asynccontextmanager
    async def reading(
        self, key: str, offset: int | None, length: int | None
    ) -> AsyncIterator["Sending"]:
        """Open a range of an object. Raises ObjectNotFound and RangeNotSatisfiable."""
        checked, offset = public_key(key), offset or 0
        if offset < 0:
            raise mistake("offset", "must not be negative")
        if length is not None and length < 1:
            raise mistake("length", "must be positive")
        if offset > _MAX_OFFSET:
            raise RangeNotSatisfiable("The range begins beyond the end of the object.")
        bounded = None if length is None else min(length, _MAX_OFFSET)
        async with self._threads.opened(self._store.open, checked, offset, bounded) as reading:
            yield Sending(reading, self._threads)

    def _read(self, keys: Sequence[ObjectKey]) -> Mapping[str, bytes]:
        found, left = dict[str, bytes](), MAX_SMALL_BYTES
        for key in keys:
            data = read_whole(self._store, key, left)
            if data is not None:
                found[key] = data
                left -= len(data)
        return found


class Receiving:
    """An upload whose chunks arrive one after another.

    They are written together once they are many: a small object takes one thread once, not one for
    each step.
    """

    def __init__(self, begin: Callable[[], Writing], threads: StoreThreads) -> None:
        self._begin = begin
        self._threads = threads
        self._writing: Writing | None = None
        self._chunks: list[bytes] = []

    async def write(self, chunk: bytes) -> None:
        """Append a chunk. Raises InvalidRequest when it or the object is too large."""
        if len(chunk) > MAX_CHUNK_BYTES:
            raise mistake("chunk", f"must have {MAX_CHUNK_BYTES} bytes at most")
        self._chunks.append(chunk)
        if sum(map(len, self._chunks)) >= _TOGETHER_BYTES or len(self._chunks) == _TOGETHER:
            await self._threads.run(self._written)

    async def commit(self, size_bytes: int, sha256: str) -> ObjectFacts:
        """Store the object. Raises InvalidRequest when bytes were lost or changed."""
        return await self._threads.run(self._committed, size_bytes, sha256)

    async def close(self) -> None:
        """Discard what is not committed."""
        if self._writing:
            await self._threads.run(self._writing.close)

    def _written(self) -> Writing:
        writing = self._writing = self._writing or self._begin()
        for chunk in self._chunks:
            writing.write(chunk)
        self._chunks.clear()
        return writing

    def _committed(self, size_bytes: int, sha256: str) -> ObjectFacts:
        writing = self._written()
        facts = writing.commit(size_bytes, sha256)
        writing.close()
        self._writing = None
        return facts


def _named(key: str, content_type: str) -> ObjectKey:
    """Return the key of a header. Raises InvalidRequest."""
    checked = public_key(key, "header.key")
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise mistake("header.contentType", 'must be a media type such as "image/png"')
    return checked


class Sending:
    """A range of an object whose chunks are sent one after another."""

    def __init__(self, reading: Reading, threads: StoreThreads) -> None:
        self.facts = reading.facts
        self._reading = reading
        self._threads = threads

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes. Raises when the store ends early or returns different bytes."""
        while chunk := await self._threads.run(self._reading.read):
            yield chunk
