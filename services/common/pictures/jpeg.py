"""Counts how much work a JPEG file gives its decoder, by its markers (ITU-T T.81, annex B)."""

import re

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
    scans, place = 0, 2
    while scans <= MAX_SCANS and (found := _MARKER.search(data, place)):
        marker, place = found[1][0], found.end()
        if marker == _EOI:
            break
        scans += marker == _SOS
        if marker not in (_TEM, _SOI):
            place += max(int.from_bytes(data[place : place + 2]), 2)
    return scans
