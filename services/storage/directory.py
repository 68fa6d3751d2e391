"""Keeps objects in a folder on this machine."""

import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO

from services.common.errors import ObjectNotFound, StorageFull
from services.common.keys import ObjectKey
from services.storage.disk import NO_ROOM, disk_errors
from services.storage.facts import ObjectFacts
from services.storage.folders import Folders
from services.storage.incoming import INCOMING, UnfinishedFile, sweep
from services.storage.reading import Reading, damaged
from services.storage.trailer import TRAILER_BYTES, pack, unpack

logger = logging.getLogger(__name__)


class DirectoryObjectStore:
    """The ObjectStore of one machine: a file per object, with the object's facts at its end.

    Several processes may share the folder. Raises OSError when it can't be written.
    """

    def __init__(self, root: Path) -> None:
        self._incoming = root.resolve() / INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True)
        swept = sweep(self._incoming)
        if swept:
            logger.info("Removed the leftovers of %d interrupted uploads", swept)
        with closing(UnfinishedFile(self._incoming)) as probe:
            probe.settle()
        self._folders = Folders(root.resolve())

    def receive(self) -> "DirectoryIncoming":
        """Begin an upload."""
        with disk_errors():
            return DirectoryIncoming(UnfinishedFile(self._incoming), self._folders)

    def check_room(self, size_bytes: int) -> None:
        """Ask the file system."""
        with disk_errors():
            free = disk_usage(self._incoming).free
        if free < size_bytes:
            raise StorageFull(NO_ROOM)

    def stat(self, key: ObjectKey) -> ObjectFacts:
        """Return the facts of an object."""
        with disk_errors(), self._folders.open(key) as file:
            return _facts(key, file)

    def exists(self, key: ObjectKey) -> bool:
        """Return whether there is an object."""
        try:
            with disk_errors(), self._folders.open(key):
                return True
        except ObjectNotFound:
            return False

    def open(self, key: ObjectKey, offset: int = 0, length: int | None = None) -> Reading:
        """Open a range: an open file stays the same version even when it is replaced."""
        with disk_errors(), ExitStack() as stack:
            file = stack.enter_context(self._folders.open(key))
            reading = Reading(_facts(key, file), _File(file), offset, length)
            file.seek(offset)
            stack.pop_all()
            return reading

    def delete(self, keys: Sequence[ObjectKey]) -> None:
        """Delete objects."""
        with disk_errors():
            for key in keys:
                self._folders.remove(key)

    def list_keys(self, folder: str, after: str, limit: int) -> list[ObjectKey]:
        """Return keys from file names alone: no file is opened."""
        with disk_errors():
            return [ObjectKey(key) for key in islice(self._folders.keys(folder, after), limit)]

    def list_folders(self, folder: str, after: str, limit: int) -> list[str]:
        """Return names of folders."""
        with disk_errors():
            behind = [name for name in self._folders.folders(folder) if name > f"{after}/"]
            return [name[:-1] for name in sorted(behind)[:limit]]


class DirectoryIncoming:
    """An unfinished file that a rename will make the file of its key."""

    def __init__(self, file: UnfinishedFile, folders: Folders) -> None:
        self._file = file
        self._folders = folders

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with disk_errors():
            self._file.write(data)

    def publish(self, facts: ObjectFacts) -> None:
        """Flush bytes and facts to the disk, then move them into place in one step."""
        with disk_errors():
            self._file.write(pack(facts))
            self._file.settle()
            self._folders.move_in(self._file.path, facts.key)

    def close(self) -> None:
        """Remove the file, unless it has been moved."""
        self._file.close()


class _File:
    """The Source of a Reading; never asked to read into the trailer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        with disk_errors():
            return self._file.read(size)

    def close(self) -> None:
        self._file.close()


def _facts(key: ObjectKey, file: BinaryIO) -> ObjectFacts:
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - TRAILER_BYTES))
    try:
        return unpack(key, file.read(), size)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(key, error) from error
