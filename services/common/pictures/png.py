"""Strips a PNG file of what its pixels do not need (PNG 3rd edition, chapters 5 and 11)."""

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_MAX_CHUNKS = 100_000
"""In one file; 32 MiB of data in the usual pieces of 8 KiB make 4,096."""

_MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""Unpacked. Printers' profiles take about 2 MiB."""

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PROFILE = b"iCCP"

_GREY, _RGB = 0, 2
"""The colour types whose transparent colour has as many bits as their pixels."""


def without_extras(data: bytes) -> tuple[bytes, bytes | None]:
    """Return the file without texts and colour profile, and the unpacked profile.

    Pillow refuses a picture whose texts or profile exceed its limits. A profile that cannot be
    read is left out. Raises ValueError for a file of too many chunks.
    """
    kept, profile, place = [data[: len(SIGNATURE)]], None, len(SIGNATURE)
    for number, end in enumerate(ends(data)):
        if number == _MAX_CHUNKS:
            raise ValueError("too many chunks")
        kind = data[place + 4 : place + 8]
        if kind == _PROFILE:
            profile = profile or _unpacked(data[place + 8 : end - 4])
        elif kind not in _TEXTS:
            kept.append(data[place:end])
        place = end
    if place == len(data) == sum(map(len, kept)):
        return data, None
    return b"".join([*kept, data[place:]]), profile


def transparent_colour(data: bytes, colour: object) -> object:
    """Return the file's transparent colour, reduced to the 8 bits per channel that Pillow reads.

    16-bit grey is left alone: Pillow reads all of its bits.
    """
    depth, kind = data[24], data[25]
    if kind == _GREY and isinstance(colour, int) and depth in (2, 4):
        return colour * 255 // (2**depth - 1)
    if kind == _RGB and isinstance(colour, tuple) and depth == 16:
        return tuple(value >> 8 for value in colour)
    return colour


def ends(data: bytes) -> Iterator[int]:
    """Yield where each chunk ends, as long as the chunks are whole."""
    place = len(SIGNATURE)
    while place + 12 <= len(data):
        place += 12 + int.from_bytes(data[place : place + 4])
        if place > len(data):
            return
        yield place


def _unpacked(chunk: bytes) -> bytes | None:
    name, _, rest = chunk[:81].partition(b"\0")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(chunk[len(name) + 2 :], _MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacking.eof and rest[:1] == b"\0" else None
