"""Frees a PNG file of what no pixel needs (PNG 3rd edition, chapters 5 and 11)."""

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_MAX_CHUNKS = 100_000
"""Of one file; data of 32 MiB in the usual pieces of 8 KiB are 4,096."""

_MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""Unpacked. Profiles of printers have about 2 MiB."""

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PROFILE = b"iCCP"

_GREY, _RGB = 0, 2
"""The colour types whose transparent colour has as many bits as their pixels."""


def without_extras(data: bytes) -> tuple[bytes, bytes | None]:
    """Return the file without texts and colour profile, and the profile, unpacked.

    Pillow refuses a picture whose texts or profile are longer than it likes. There is no profile
    where none can be read. Raises ValueError for a file of too many chunks.
    """
    kept, profile, place = [data[: len(SIGNATURE)]], None, len(SIGNATURE)
    for number, end in enumerate(_ends(data)):
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
    """Return a transparent colour as the file has it in the 8 bits of the pixels that Pillow reads.

    Grey of 16 bits is left alone: Pillow reads all bits of it.
    """
    depth, kind = data[24], data[25]
    if kind == _GREY and isinstance(colour, int) and depth in (2, 4):
        return colour * 255 // (2**depth - 1)
    if kind == _RGB and isinstance(colour, tuple) and depth == 16:
        return tuple(value >> 8 for value in colour)
    return colour


def _ends(data: bytes) -> Iterator[int]:
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
