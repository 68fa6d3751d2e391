"""Cuts long answers into parts, so that little of one waits in memory for a slow reader."""

from collections.abc import Iterator

PART_BYTES = 32 * 1024
"""Some copies of a part are all that the gateway keeps of an answer whose reader is slow."""


def parts(content: bytes) -> Iterator[bytes]:
    """Yield `content` in order, in parts of at most PART_BYTES."""
    for begin in range(0, len(content), PART_BYTES):
        yield content[begin : begin + PART_BYTES]
