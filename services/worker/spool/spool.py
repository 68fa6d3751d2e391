"""A bounded folder of parcels that storage does not have yet.

A parcel is two files: its bytes, then its label, which is renamed into place last. Without a label
there is no parcel. Workers that share the folder find each other's parcels; storing one twice
does no harm.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from services.common.refusal import CannotStart
from services.worker.spool.file import SpooledFile
from services.worker.spool.parcel import Kind, Parcel

logger = logging.getLogger(__name__)

_LABEL, _BYTES = ".json", ".bin"
_IN_MEMORY_BYTES = 1024 * 1024
"""More than a rendition usually has; a file on disk costs two threads for each chunk."""

_ABANDONED_SECONDS = 3600.0
"""Bytes that still have no label after this long belong to nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A parcel that the spool holds."""

    parcel: Parcel
    file: SpooledFile

    def read(self) -> AsyncIterator[bytes]:
        """Yield its bytes, as often as it is asked."""
        return self.file.read()

    def close(self) -> None:
        """Close its file; the parcel stays where it is."""
        self.file.close()


class DiskSpool:
    """Holds parcels. While they take more than `most_bytes`, nothing more is bought."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def prepare(self) -> None:
        """Create the folder, and remove the leftovers of interrupted writes. Raises CannotStart."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryFile(dir=self._folder):
                pass  # so it can be written to
            for path in self._folder.iterdir():
                if _is_abandoned(path):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise CannotStart(
                f"WORKER_SPOOL_DIRECTORY {self._folder} cannot be written to: {error.strerror}"
            ) from error

    def is_full(self) -> bool:
        """Return whether so much is waiting for storage that nothing more should be bought."""
        return sum(_size(path) for path in self._folder.glob("*" + _BYTES)) >= self._most_bytes

    async def hold(self, parcel: Parcel, chunks: AsyncIterator[bytes]) -> Held:
        """Take all of `chunks`, and keep the parcel until it is forgotten.

        Raises what `chunks` raises, and never an error of the disk.
        """
        path = self._folder / (parcel.name + _BYTES)
        file = SpooledFile.create(path)
        try:
            async for chunk in chunks:
                await file.write(chunk)
        except BaseException:
            file.close()
            path.unlink(missing_ok=True)
            raise
        try:
            await asyncio.to_thread(self._settle, file, parcel)
        except OSError as error:
            logger.error("A label could not be written to the spool: %s", error)
        return Held(parcel=parcel, file=file)

    async def find(self, job_id: str, master: int) -> Held | None:
        """Return the latest image for one master of a job, or without one the latest answer."""
        return await asyncio.to_thread(self._find, job_id, master)

    def forget(self, held: Held) -> None:
        """Remove a parcel: storage has it, or nobody wants it any more.

        Its bytes can be read until it is closed.
        """
        for suffix in (_LABEL, _BYTES):
            (self._folder / (held.parcel.name + suffix)).unlink(missing_ok=True)

    def left_behind(self, seconds: float) -> Iterator[Held]:
        """Yield the parcels that have been here for this long. Blocks."""
        now = time.time()
        for path in sorted(self._folder.glob("*" + _LABEL)):
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime >= seconds and (held := self._open(path)):
                    yield held

    async def buffer(self, chunks: AsyncIterator[bytes]) -> SpooledFile:
        """Take bytes that cost nothing, so that they can be resent.

        Up to _IN_MEMORY_BYTES stay in memory.
        """
        file, is_small = SpooledFile(None), True
        try:
            async for chunk in chunks:
                if is_small and file.size_bytes + len(chunk) > _IN_MEMORY_BYTES:
                    file, is_small = await self._on_disk(file), False
                await file.write(chunk)
        except BaseException:
            file.close()
            raise
        return file

    async def _on_disk(self, small: SpooledFile) -> SpooledFile:
        """Return a file without a name that begins with the same bytes."""
        file = SpooledFile.create_nameless(self._folder)
        async for chunk in small.read():
            await file.write(chunk)
        return file

    def _find(self, job_id: str, master: int) -> Held | None:
        labels = self._folder.glob(f"{job_id}.{master}.*{_LABEL}")
        for path in sorted(labels, key=_images_first):
            if held := self._open(path):
                return held
        return None

    def _open(self, label: Path) -> Held | None:
        """Return a parcel; a damaged one is ignored, and stays for people to look at."""
        try:
            parcel = Parcel.from_json(label.read_bytes())
            file = SpooledFile.open(label.with_suffix(_BYTES))
            if file.size_bytes != parcel.size_bytes:
                file.close()
                raise ValueError(f"{file.size_bytes} bytes instead of {parcel.size_bytes}")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            logger.error("A parcel in the spool cannot be read: %s: %r", label.name, error)
            return None
        return Held(parcel=parcel, file=file)

    def _settle(self, file: SpooledFile, parcel: Parcel) -> None:
        """Bring the bytes to the disk itself, then the label."""
        if not file.settle():
            return
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as label:
            label.write(parcel.to_json().encode())
            label.flush()
            os.fsync(label.fileno())
        Path(label.name).replace(self._folder / (parcel.name + _LABEL))


def _images_first(label: Path) -> tuple[bool, int]:
    """Return the place of a label: images before answers, and of each the latest purchase first."""
    *_, kind, purchase = label.stem.split(".")
    return kind != Kind.MASTER, -int(purchase)


def _is_abandoned(path: Path) -> bool:
    """Return whether a file has been without a label for so long that it belongs to nobody."""
    if path.suffix == _LABEL or path.with_suffix(_LABEL).exists():
        return False
    return time.time() - path.stat().st_mtime > _ABANDONED_SECONDS


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
