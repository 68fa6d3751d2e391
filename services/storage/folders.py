"""Finds the file of a key below a root, never through a symbolic link.

Each folder on the way is opened relative to the one before it, so that a symbolic link cannot lead
out of the root, no matter when somebody put it there.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from services.common.errors import InvalidRequest, ObjectNotFound, Unavailable
from services.common.keys import ObjectKey

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_MOVES = 10


def _leads_nowhere(error: OSError) -> bool:
    return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP)


class Folders:
    """The files below `root`, by key. Raises OSError for everything that is not named."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(self, key: ObjectKey) -> BinaryIO:
        """Open the file of `key` for reading. Raises ObjectNotFound."""
        try:
            with self._at(key) as (folder, name):
                flags = os.O_RDONLY | os.O_NOFOLLOW
                return open(name, "rb", opener=lambda n, _: os.open(n, flags, dir_fd=folder))
        except OSError as error:
            if _leads_nowhere(error):
                raise ObjectNotFound("There is no object with this key.") from error
            raise

    def move_in(self, file: Path, key: ObjectKey) -> None:
        """Make `file` the file of `key`, at once and for good. Raises InvalidRequest."""
        for _ in range(_MOVES):
            # A folder can vanish under us when the last other file in it is deleted.
            with suppress(FileNotFoundError):
                return self._move_in(file, key)
        raise Unavailable("Other callers keep deleting this folder; please try again.")

    def _move_in(self, file: Path, key: ObjectKey) -> None:
        try:
            with self._at(key, create=True) as (folder, name):
                os.replace(file, name, dst_dir_fd=folder)
                os.fsync(folder)
        except OSError as error:
            if _leads_nowhere(error) and error.errno != errno.ENOENT:
                raise InvalidRequest(
                    "A key cannot lie below another object, nor be the beginning of its key."
                ) from error
            raise

    def remove(self, key: ObjectKey) -> None:
        """Remove the file of `key`, if there is one, and the folders that this leaves empty."""
        try:
            with self._at(key) as (folder, name):
                os.unlink(name, dir_fd=folder)
        except OSError as error:
            if _leads_nowhere(error):
                return
            raise
        with suppress(OSError):
            for parent in list(PurePosixPath(key).parents)[:-1]:
                (self._root / parent).rmdir()

    def keys(self, folder: str, after: str) -> Iterator[str]:
        """Yield the keys below `folder`, which ends with a slash, that come after `after`.

        They come in the order of their characters, and no folder is opened before its turn.
        """
        top = self._root / folder
        if top.resolve() == top:
            yield from _keys(top, folder, after)

    def folders(self, folder: str) -> list[str]:
        """Return the folders in `folder`, each with a slash at its end, in no order."""
        top = self._root / folder
        return [name for name in _names(top) if name.endswith("/")] if top.resolve() == top else []

    @contextmanager
    def _at(self, key: ObjectKey, *, create: bool = False) -> Iterator[tuple[int, str]]:
        *segments, name = key.split("/")
        folder = os.open(self._root, _FOLDER)
        try:
            for segment in segments:
                inner = _open(segment, folder, create=create)
                os.close(folder)
                folder = inner
            yield folder, name
        finally:
            os.close(folder)


def _open(name: str, folder: int, *, create: bool) -> int:
    """Open a folder in another one, made if it is missing and may be created."""
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=folder)
        os.fsync(folder)
    return os.open(name, _FOLDER, dir_fd=folder)


def _keys(folder: Path, prefix: str, after: str) -> Iterator[str]:
    # The slash at the end of a folder's name gives it the place that the keys below it have.
    for key in sorted(prefix + name for name in _names(folder)):
        if not key.endswith("/"):
            if key > after:
                yield key
        elif key > after or after.startswith(key):
            yield from _keys(folder / key.split("/")[-2], key, after)


def _names(folder: Path) -> Iterator[str]:
    """Yield the files and folders in `folder`, the latter with a slash at their end."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue  # put here by others, such as a file manager
            if entry.is_dir(follow_symlinks=False):
                yield f"{entry.name}/"
            elif entry.is_file(follow_symlinks=False):
                yield entry.name
