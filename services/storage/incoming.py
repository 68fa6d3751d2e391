"""Files that are still being written and are not objects yet."""

import fcntl
import os
from io import FileIO
from pathlib import Path
from tempfile import mkstemp

INCOMING = ".incoming"
"""The folder of unfinished files. No key can name it: segments begin with no dot."""


class UnfinishedFile:
    """A file in the same file system as the objects, locked as long as its writer lives."""

    def __init__(self, folder: Path) -> None:
        handle, name = mkstemp(dir=folder)
        self._file = FileIO(handle, "w")  # what comes is in large pieces already
        self.path = Path(name)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def settle(self) -> None:
        """Return once the bytes are on the disk itself."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Remove the file, unless it has been moved to its place."""
        self.path.unlink(missing_ok=True)
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
