"""Reads the markers of a JPEG file (ITU-T T.81, annex B): how much work it gives its decoder, and
whether its picture ends."""

import re
from collections.abc import Iterator

MAX_SCANS = 100
"""Encoders write about ten. Each costs a pass over all pixels, for as little as 90 bytes."""

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
"""The next marker, skipping restarts and stuffed bytes within a scan."""

_TEM, _SOI, _EOI, _SOS = 0x01, 0xD8, 0xD9, 0xDA


def scans_in(data: bytes) -> int:
    """Return how many scans the first picture in `data` has, counting up to MAX_SCANS + 1.

    Bytes in metadata that merely look like scans do not count, nor does anything after the
    picture.
    """
    scans = 0
    for marker in _markers(data):
        scans += marker == _SOS
        if scans > MAX_SCANS:
            break
    return scans


def has_end(data: bytes) -> bool:
    """Return whether the first picture in `data` is there up to its end marker."""
    return _EOI in _markers(data)


def _markers(data: bytes) -> Iterator[int]:
    """Yield the markers of the first picture, its end included, as long as there are any."""
    place = 2
    while found := _MARKER.search(data, place):
        marker, place = found[1][0], found.end()
        yield marker
        if marker == _EOI:
            return
        if marker not in (_TEM, _SOI):
            place += max(int.from_bytes(data[place : place + 2]), 2)
