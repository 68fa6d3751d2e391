"""The operations that callers have on objects."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import RangeNotSatisfiable
from services.storage.facts import ObjectFacts
from services.storage.keys import mistake, public_key
from services.storage.reading import Reading
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.writing import Writing

MAX_CHUNK_BYTES = 1024 * 1024

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
        checked = public_key(key, "header.key")
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise mistake("header.contentType", 'must be a media type such as "image/png"')
        async with self._threads.opened(
            Writing, self._store, checked, content_type, self._max_object_bytes
        ) as upload:
            yield Receiving(upload, self._threads)

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
            raise RangeNotSatisfiable("The range begins behind the end of the object.")
        bounded = None if length is None else min(length, _MAX_OFFSET)
        async with self._threads.opened(self._store.open, checked, offset, bounded) as reading:
            yield Sending(reading, self._threads)


class Receiving:
    """An upload whose chunks arrive one after another."""

    def __init__(self, upload: Writing, threads: StoreThreads) -> None:
        self._upload = upload
        self._threads = threads

    async def write(self, chunk: bytes) -> None:
        """Append a chunk. Raises InvalidRequest when it or the object is too large."""
        if len(chunk) > MAX_CHUNK_BYTES:
            raise mistake("chunk", f"must have {MAX_CHUNK_BYTES} bytes at most")
        await self._threads.run(self._upload.write, chunk)

    async def commit(self, size_bytes: int, sha256: str) -> ObjectFacts:
        """Store the object. Raises InvalidRequest when bytes were lost or changed."""
        return await self._threads.run(self._upload.commit, size_bytes, sha256)


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
