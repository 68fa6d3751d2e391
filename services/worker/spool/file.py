"""The bytes of one parcel: in a file, or in memory once the disk takes no more."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

from services.common.channels import CHUNK_BYTES

logger = logging.getLogger(__name__)

_TOGETHER_BYTES = 512 * 1024
"""So much is written or read by one call to a thread, which costs more than the bytes do."""


class SpooledFile:
    """Bytes that are written once and can be read any number of times.

    The last ones are in memory until they are many or settled. A full or broken disk never costs
    what is paid for: the rest stays there.
    """

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file
        self._is_broken = file is None
        self._on_disk = 0
        self._in_memory: list[bytes] = []

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create one at `path`, or in memory if that is impossible."""
        try:
            return cls(path.open("w+b"))
        except OSError as error:
            logger.error("A file could not be written to the spool: %s", error)
            return cls(None)

    @classmethod
    def create_nameless(cls, folder: Path) -> Self:
        """Create one that disappears with this process."""
        try:
            return cls(TemporaryFile(dir=folder))
        except OSError as error:
            logger.error("A file could not be written to the spool: %s", error)
            return cls(None)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open one that was written before. Raises OSError."""
        found = cls(path.open("rb"))
        found._on_disk = path.stat().st_size
        return found

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return self._on_disk + sum(map(len, self._in_memory))

    async def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self._in_memory.append(chunk)
        if not self._is_broken and sum(map(len, self._in_memory)) >= _TOGETHER_BYTES:
            await asyncio.to_thread(self._move_to_disk)

    def settle(self) -> bool:
        """Return whether all bytes are on the disk itself, now; blocks. Raises OSError."""
        self._move_to_disk()
        if self._file and not self._is_broken:
            os.fsync(self._file.fileno())
        return not self._is_broken

    async def read(self) -> AsyncIterator[bytes]:
        """Yield all bytes from the first one."""
        at = 0
        while at < self._on_disk:
            for chunk in await asyncio.to_thread(self._read_at, at):
                if not chunk:
                    raise EOFError("a spooled file has become shorter")
                at += len(chunk)
                yield chunk
        for chunk in self._in_memory:
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()

    def _move_to_disk(self) -> None:
        try:
            while self._in_memory and not self._is_broken:
                self._append(self._in_memory[0])
                del self._in_memory[0]
        except OSError as error:
            self._is_broken = True
            logger.error("The spool's disk failed; using memory instead: %s", error)

    def _append(self, chunk: bytes) -> None:
        if self._file is None:
            raise OSError("there is no file")
        written = 0
        while written < len(chunk):
            at = self._on_disk + written
            written += os.pwrite(self._file.fileno(), chunk[written:], at)
        self._on_disk += written

    def _read_at(self, at: int) -> list[bytes]:
        """Return the next chunks."""
        if self._file is None:
            raise OSError("there is no file")
        end, handle = min(at + _TOGETHER_BYTES, self._on_disk), self._file.fileno()
        starts = range(at, end, CHUNK_BYTES)
        return [os.pread(handle, min(CHUNK_BYTES, end - start), start) for start in starts]
