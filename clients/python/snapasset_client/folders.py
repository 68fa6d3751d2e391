"""A folder that is held open while files are put into it, so that no name leads out of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_COMPARED_BYTES = 1 << 20


class Folder:
    """An open folder; use it in a `with` block. Names are single segments, which the caller checks.

    Every method raises OSError.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._at = descriptor

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the folder that the user has named, creating it if it is missing."""
        path.mkdir(parents=True, exist_ok=True)
        return cls(path, os.open(path, _OPEN_FOLDER))

    def inside(self, name: str) -> "Folder":
        """Open a folder in this one, creating it if it is missing; a symbolic link is refused."""
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=self._at)
        found = os.open(name, _OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=self._at)
        return Folder(self.path / name, found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._at)

    @contextmanager
    def new_file(self, name: str) -> Iterator[BinaryIO]:
        """Yield a file to write; it appears under its name when the block ends without an error.

        Nothing is ever overwritten: FileExistsError if there is another file of that name, though
        writing the same content again is fine.
        """
        part = f".{name}.{secrets.token_hex(8)}.part"
        try:
            with os.fdopen(os.open(part, _NEW_FILE, 0o666, dir_fd=self._at), "wb") as out:
                yield out
            self._settle(part, name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part, dir_fd=self._at)

    def _settle(self, part: str, name: str) -> None:
        try:
            os.close(os.open(name, _NEW_FILE, 0o666, dir_fd=self._at))
        except FileExistsError as error:
            if self._same(part, name):
                return
            raise FileExistsError(error.errno, error.strerror, str(self.path / name)) from error
        os.replace(part, name, src_dir_fd=self._at, dst_dir_fd=self._at)

    def _same(self, one: str, other: str) -> bool:
        with self._reading(one) as left, self._reading(other) as right:
            while True:
                piece = left.read(_COMPARED_BYTES)
                if piece != right.read(_COMPARED_BYTES):
                    return False
                if not piece:
                    return True

    def _reading(self, name: str) -> BinaryIO:
        # O_NONBLOCK: a named pipe would block us for ever.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.fdopen(os.open(name, flags, dir_fd=self._at), "rb")
