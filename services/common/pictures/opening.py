"""Opens picture files of known formats, and judges their structure before pixels are decoded."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.common.pictures import formats, jpeg, png
from services.common.pictures.flaws import Flaw
from services.common.pictures.formats import HEAD_BYTES, PictureFormat, format_of


class PictureRefused(Exception):
    """The file has this flaw."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.name)
        self.flaw = flaw


BROKEN: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise for broken files."""


def _png(data: bytes) -> ImageFile.ImageFile:
    lean, profile = png.without_extras(data)
    image = PngImageFile(BytesIO(lean))
    if profile:
        image.info["icc_profile"] = profile
    if "transparency" in image.info:
        image.info["transparency"] = png.transparent_colour(lean, image.info["transparency"])
    return image


def _jpeg(data: bytes) -> ImageFile.ImageFile:
    # Opened directly, not by Image.open: a file of several pictures (MPO) shows its first.
    return JpegImageFile(BytesIO(data))


# Image.open would apply a size limit of its own, which is global to the process.
_READERS: Mapping[PictureFormat, Callable[[bytes], ImageFile.ImageFile]] = {
    formats.PNG: _png,
    formats.JPEG: _jpeg,
    formats.WEBP: lambda data: WebPImageFile(BytesIO(data)),
    formats.AVIF: lambda data: AvifImageFile(BytesIO(data)),
}

_ORIENTATION = 0x0112

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by EXIF orientation (EXIF 2.32, section 4.6.4)."""

_SWAPS = (
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An opened file. `pixels` is not decoded before `load`; `turn` makes it upright."""

    content_type: str
    pixels: ImageFile.ImageFile
    turn: Image.Transpose | None

    @property
    def upright_size(self) -> tuple[int, int]:
        """Return the width and height of the picture as it is shown."""
        width, height = self.pixels.size
        return (height, width) if self.turn in _SWAPS else (width, height)

    def load(self) -> None:
        """Decode all pixels. Takes CPU. Raises PictureRefused."""
        try:
            self.pixels.load()
        except BROKEN as error:
            raise PictureRefused(Flaw.BROKEN) from error


def open_picture(data: bytes, max_pixels: int) -> Picture:
    """Return the picture in `data`: the first one, if it is an animation or a file of several.

    Raises PictureRefused for a file that is in no format that we read, is broken, or has more than
    `max_pixels` pixels or too many scans; all this is found out before any pixel is decoded.
    """
    kind = _format_of(data)
    try:
        pixels = _READERS[kind](data)
    except Image.DecompressionBombError as error:
        raise PictureRefused(Flaw.TOO_MANY_PIXELS) from error
    except BROKEN as error:
        raise PictureRefused(Flaw.BROKEN) from error
    if pixels.width * pixels.height > max_pixels:
        raise PictureRefused(Flaw.TOO_MANY_PIXELS)
    if isinstance(pixels, JpegImageFile) and jpeg.scans_in(data) > jpeg.MAX_SCANS:
        raise PictureRefused(Flaw.TOO_MANY_SCANS)
    return Picture(content_type=kind.content_type, pixels=pixels, turn=_turn(pixels))


def content_type_of(data: bytes) -> str:
    """Return the media type of a picture file. Raises PictureRefused for any other file."""
    return _format_of(data).content_type


def _format_of(data: bytes) -> PictureFormat:
    if found := format_of(data[:HEAD_BYTES]):
        return found
    raise PictureRefused(Flaw.UNKNOWN_FORMAT)


def _turn(image: Image.Image) -> Image.Transpose | None:
    # getexif() would also believe XMP, which no browser does.
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        return _TURNS.get(exif.get(_ORIENTATION, 1))
    except BROKEN:  # broken EXIF does not harm the pixels
        return None
