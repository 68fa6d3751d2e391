"""Reads the `Range` header: which bytes of an image a caller wants (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of an image of `whole` bytes."""

    offset: int
    length: int
    whole: int

    @property
    def words(self) -> str:
        """The value of Content-Range."""
        return f"bytes {self.offset}-{self.offset + self.length - 1}/{self.whole}"


class Unsatisfiable(Exception):
    """The range holds no byte of the image."""


def wanted_span(header: str, whole: int) -> Span | None:
    """Return what `header` asks for out of `whole` bytes; None for all. Raises Unsatisfiable.

    Anything but a single range of bytes asks for all of them, as the RFC allows.
    """
    found = _ONE_RANGE.fullmatch(header)
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        offset, end = max(0, whole - int(last)), whole
    else:
        offset, end = int(first), min(int(last) + 1, whole) if last else whole
        if last and int(last) < offset:
            return None
    if offset >= whole:
        raise Unsatisfiable
    return Span(offset=offset, length=end - offset, whole=whole)
