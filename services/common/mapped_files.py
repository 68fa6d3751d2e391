"""Lets go of the pages of libraries that a process has read and need not hold. Linux only.

The kernel keeps them as long as it has room, but no longer on behalf of this process.
"""

import ctypes
import mmap
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def release_mapped_files() -> None:
    """Release all that was read of mapped files; what is needed after all is mapped again.

    A mapping that has been written to is left alone: its pages are nowhere else.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    with Path("/proc/self/smaps").open() as smaps:
        for start, length in _unwritten(smaps):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), mmap.MADV_DONTNEED)


def _unwritten(smaps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield address and length of each mapping of a file that has no pages of its own."""
    start, length, of_a_file = 0, 0, False
    for line in smaps:
        first, *rest = line.split()
        if not first.endswith(":"):
            begin, _, end = first.partition("-")
            start, length = int(begin, 16), int(end, 16) - int(begin, 16)
            of_a_file = rest[-1].startswith("/")
        elif first == "Anonymous:" and rest[0] == "0" and of_a_file:
            yield start, length
