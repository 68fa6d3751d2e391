"""Tells the format of a picture file by its first bytes, without reading any further."""

from dataclasses import dataclass

from services.common.pictures import png

HEAD_BYTES = 12
"""How many bytes of a file decide."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A format, and how its files begin: with `start`, or with a `mark` at byte `place`."""

    content_type: str
    start: bytes = b""
    marks: tuple[bytes, ...] = (b"",)
    place: int = 0


PNG = PictureFormat("image/png", png.SIGNATURE)
JPEG = PictureFormat("image/jpeg", b"\xff\xd8\xff")
WEBP = PictureFormat("image/webp", b"RIFF", (b"WEBP",), 8)
AVIF = PictureFormat(
    "image/avif", marks=(b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmsf1"), place=4
)

PICTURE_FORMATS = (PNG, JPEG, WEBP, AVIF)
"""The formats that we read."""


def format_of(head: bytes) -> PictureFormat | None:
    """Return the format of the file that begins with these bytes, at least HEAD_BYTES if it has so
    many; None for any other file."""
    for one in PICTURE_FORMATS:
        if head.startswith(one.start) and head.startswith(one.marks, one.place):
            return one
    return None
