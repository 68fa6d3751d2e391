"""Tells by its structure whether a picture file arrived whole; no pixel is decoded.

A file that is not proven whole may still be readable: its decoder decides. What is proven may still
hold pixels that no decoder makes sense of, which only decoding shows.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping

from services.common.pictures import formats, jpeg, png


def is_whole(content_type: str, data: bytes) -> bool:
    """Return whether all parts of a file of this media type are there, and as they were written.

    A PNG proves both, by checksums. JPEG, WebP and AVIF have none: their markers and lengths prove
    that nothing is missing.
    """
    return _PROOFS[content_type](data)


def _png(data: bytes) -> bool:
    """PNG 3rd edition, chapter 5: IHDR first, IDAT, IEND last, each with its checksum."""
    view, place, kinds = memoryview(data), len(png.SIGNATURE), set[bytes]()
    for end in png.ends(data):
        kind, checked = data[place + 4 : place + 8], view[place + 4 : end - 4]
        if zlib.crc32(checked) != int.from_bytes(view[end - 4 : end]):
            return False
        if not kinds and kind != b"IHDR":
            return False
        kinds.add(kind)
        if kind == b"IEND":
            return b"IDAT" in kinds
        place = end
    return False


def _jpeg(data: bytes) -> bool:
    """ITU-T T.81, annex B: at least one scan, and the end of the picture behind the last one."""
    return jpeg.scans_in(data) > 0 and jpeg.has_end(data)


def _webp(data: bytes) -> bool:
    """RFC 9649, section 2: chunks fill the length that the file gives itself."""
    end, place = 8 + int.from_bytes(data[4:8], "little"), 12
    kinds = set[bytes]()
    while place + 8 <= min(end, len(data)):
        kinds.add(data[place : place + 4])
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + length + length % 2
    return place == end <= len(data) and not kinds.isdisjoint(_WEBP_PIXELS)


_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ANMF")


def _avif(data: bytes) -> bool:
    """ISO/IEC 14496-12, section 4.2: boxes fill the file, and those of an image are among them."""
    kinds, place = set[bytes](), 0
    for kind, length in _boxes(data):
        kinds.add(kind)
        place += length
    return place == len(data) and kinds >= {b"ftyp", b"meta", b"mdat"}


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield kind and length of each box, as long as there is one."""
    place = 0
    while place + 8 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if length == _LONG:
            length = int.from_bytes(data[place + 8 : place + 16])
        elif length == _TO_THE_END:
            length = len(data) - place
        if length < 8:
            return
        yield kind, length
        place += length


_TO_THE_END, _LONG = 0, 1
"""Lengths of a box with a meaning of their own: up to the end, and 64 bits behind the kind."""

_PROOFS: Mapping[str, Callable[[bytes], bool]] = {
    formats.PNG.content_type: _png,
    formats.JPEG.content_type: _jpeg,
    formats.WEBP.content_type: _webp,
    formats.AVIF.content_type: _avif,
}
