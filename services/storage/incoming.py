"""Files that are still being written and are not objects yet."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

INCOMING = ".incoming"
"""The folder of unfinished files. No key can name it: segments begin with no dot."""


class UnfinishedFile:
    """A file in the same file system as the objects, locked as long as its writer lives."""

    def __init__(self, folder: Path) -> None:
        self._file = NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - see close
        self.path = Path(self._file.name)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(data)

    def settle(self) -> None:
        """Return once the bytes are on the disk itself."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Remove the file, unless it has been moved to its place."""
        self.path.unlink(missing_ok=True)
        # A full disk also fails the flush of bytes that nobody wants any more.
        with suppress(OSError):
            self._file.close()


def sweep(folder: Path) -> int:
    """Remove the files whose writers have died; return how many there were.

    The lock distinguishes them from those of a process that is still using the same folder, such
    as the one that this process is about to replace.
    """
    return sum(_removed(path) for path in folder.iterdir())


def _removed(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    return True
