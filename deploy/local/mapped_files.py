"""Lets go of the pages of files that a process has mapped and needs no more. Linux only.

The kernel keeps them as long as it has room, but need not keep them for this process.
"""

import ctypes
import mmap
from collections.abc import Iterator
from pathlib import Path


def release_mapped_files() -> None:
    """Release all that was read of libraries; what is needed after all is mapped again.

    A mapping that has been written to is left alone: its pages are nowhere else.
    """
    libc = ctypes.CDLL(None)
    for start, length in _unwritten(Path("/proc/self/smaps").read_text()):
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), mmap.MADV_DONTNEED)


def _unwritten(smaps: str) -> Iterator[tuple[int, int]]:
    """Yield address and length of each mapping of a file that has no pages of its own."""
    start, length, of_a_file = 0, 0, False
    for line in smaps.splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            begin, _, end = first.partition("-")
            start, length = int(begin, 16), int(end, 16) - int(begin, 16)
            of_a_file = rest[-1].startswith("/")
        elif first == "Anonymous:" and rest[0] == "0" and of_a_file:
            yield start, length
