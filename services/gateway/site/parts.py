"""Cuts long answers into parts, so that little of them waits in memory for a slow reader."""

from collections.abc import Iterator

PART_BYTES = 32 * 1024
"""For a slow reader, the gateway holds no more than a few copies of one part."""


def parts(content: bytes) -> Iterator[bytes]:
    """Yield `content` in order, in parts of at most PART_BYTES."""
    for begin in range(0, len(content), PART_BYTES):
        yield content[begin : begin + PART_BYTES]
