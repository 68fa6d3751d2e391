"""Writes pixels as a file of one of the formats that we offer."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """How one format is written.

    `options` gives Pillow's save options for a quality of 1-100 and an XMP packet, which may be
    empty. `quality` is the usual one, `least` the lowest that is still acceptable.
    """

    name: str
    content_type: str
    keeps_alpha: bool
    quality: int
    least: int
    options: Callable[[int, bytes], Mapping[str, Any]]


_LUMA = (
    (12, 17, 20, 21, 30, 34, 56, 63),
    (18, 20, 20, 26, 28, 51, 61, 55),
    (19, 20, 21, 26, 33, 58, 69, 55),
    (26, 26, 26, 30, 46, 87, 86, 66),
    (31, 33, 36, 40, 46, 96, 100, 73),
    (40, 35, 46, 62, 81, 100, 111, 91),
    (46, 66, 76, 86, 102, 121, 120, 101),
    (68, 90, 90, 96, 113, 102, 105, 103),
)
"""How coarsely each frequency is kept at quality 50: mozjpeg's table 2 (jcparam.c), which was found
by maximising structural similarity on photographs. A file that is as good as with the standard's
example is 6 to 8 % shorter."""

_CHROMA = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *4 * ((99,) * 8,),
)
"""The example of the standard (ITU-T T.81, table K.2)."""


def _jpeg(quality: int, xmp: bytes) -> Mapping[str, Any]:
    # 4:2:0: docs/images.md measures what full chroma would cost and bring at these qualities.
    # Progressive: a page shows it from the first scan on, and the file is 8 to 10 % shorter. It
    # costs six times the encoding of a plain one.
    tables = [_at_quality(table, quality) for table in (_LUMA, _CHROMA)]
    return {"qtables": tables, "subsampling": "4:2:0", "progressive": True, **_xmp(xmp)}


def _at_quality(table: Sequence[Sequence[int]], quality: int) -> list[int]:
    """Return a quantization table, as libjpeg scales it (jpeg_quality_scaling)."""
    percent = 5000 // quality if quality < _HALF else 200 - 2 * quality
    return [min(max((step * percent + 50) // 100, 1), 255) for row in table for step in row]


_HALF = 50
"""The quality at which the tables are taken as they are."""


def _png(quality: int, xmp: bytes) -> Mapping[str, Any]:
    # Level 3 takes a fifth of the time of Pillow's 6, for files that are a tenth larger.
    level = {"compress_level": 3 if quality == _LOSSLESS else 9}
    if not xmp:
        return level
    notes = PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", xmp.decode())  # XMP specification, part 3, section 1.1.5
    return {**level, "pnginfo": notes}


def _webp(quality: int, xmp: bytes) -> Mapping[str, Any]:
    return {"quality": quality, "method": 4, **_xmp(xmp)}


def _avif(quality: int, xmp: bytes) -> Mapping[str, Any]:
    # Speed 8 takes a third of the time of Pillow's 6, for files that are a tenth larger. One
    # thread: a call has as many as it may use.
    return {"quality": quality, "speed": 8, "max_threads": 1, **_xmp(xmp)}


def _xmp(xmp: bytes) -> Mapping[str, bytes]:
    return {"xmp": xmp} if xmp else {}


_LOSSLESS = 100


def _row(name: str, keeps_alpha: bool, quality: int, least: int, options: Any) -> Encoding:
    return Encoding(
        name=name,
        content_type=f"image/{name}",
        keeps_alpha=keeps_alpha,
        quality=quality,
        least=least,
        options=options,
    )


ENCODINGS: Mapping[str, Encoding] = {
    encoding.name: encoding
    for encoding in (
        _row("jpeg", False, 85, 40, _jpeg),
        _row("png", True, _LOSSLESS, 1, _png),
        _row("webp", True, 80, 30, _webp),
        _row("avif", True, 65, 30, _avif),
    )
}
"""Every format by the name that the contract gives it. PNG is lossless at its usual quality."""


def encode(pixels: Image.Image, encoding: Encoding, quality: int, xmp: bytes = b"") -> bytes:
    """Return `pixels` (RGB, or RGBA if the encoding keeps alpha) as a file of that format.

    `quality` is 1 to 100, `xmp` a packet to write into it.
    """
    with _scratch_file() as file:
        pixels.save(file, encoding.name, **encoding.options(quality, xmp))
        file.seek(0)
        return file.read()


def _scratch_file() -> BinaryIO:
    """Open a file of the operating system, in memory where there are such files.

    Into a BytesIO, Pillow compresses a JPEG without releasing the interpreter.
    """
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("rendition"), "w+b")
    return tempfile.TemporaryFile()
