"""Turns the bytes of a master into upright sRGB pixels."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.colour import to_srgb

# Image.open would judge the size by a limit of its own, which is one for the whole process.
_READERS: dict[bytes, type[ImageFile.ImageFile]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"RIFF": WebPImageFile,
}
"""Pillow's readers by how their files begin."""

_BROKEN: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise on broken files."""

_MAX_SCANS = 100
"""Of a JPEG; encoders make about ten. Each is a pass over all pixels, for as little as 90 bytes."""

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
"""What makes an image upright, by EXIF orientation (EXIF 2.32, section 4.6.4)."""


def decode(file: BytesIO, max_pixels: int, keep_alpha: bool) -> Image.Image:
    """Return the upright master in sRGB, without metadata. Takes CPU: call it in a thread.

    Mode RGB; or RGBa (colours times alpha, so that they can be resampled) if the master has
    transparent pixels and `keep_alpha`. Without it they show white. Of an animation, the first
    frame. Takes up to 18 bytes a pixel while it runs (WebP does), the result 4.

    Raises InvalidRequest for a file that is not PNG, JPEG or WebP, is broken, has more than
    `max_pixels` or too many scans; both are counted before any pixel is decoded.
    """
    try:
        image: Image.Image = _open(file, max_pixels)
        image.load()
    except Image.DecompressionBombError as error:
        raise _too_large(max_pixels) from error
    except _BROKEN as error:
        raise _refusal("is broken or incomplete: send the whole file") from error
    turn, profile = _turn(image), image.info.get("icc_profile")
    image = to_srgb(_plain(image), profile)
    if turn is not None:
        image = image.transpose(turn)
    image = _settle_alpha(image, keep_alpha)
    image.info.clear()
    return image


def _open(file: BytesIO, max_pixels: int) -> ImageFile.ImageFile:
    start = file.read(16)
    file.seek(0)
    for signature, reader in _READERS.items():
        if start.startswith(signature):
            image = reader(file)
            if image.width * image.height > max_pixels:
                raise _too_large(max_pixels)
            if reader is JpegImageFile and file.getvalue().count(b"\xff\xda") > _MAX_SCANS:
                raise _refusal(f"must have at most {_MAX_SCANS} scans: save it as a plain JPEG")
            return image
    raise _refusal("must be a PNG, JPEG or WebP file")


def _turn(image: Image.Image) -> Image.Transpose | None:
    # getexif() would take the word of XMP too, which no browser does.
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        return _TURNS.get(exif.get(_ORIENTATION, 1))
    except _BROKEN:  # broken EXIF spoils no pixel
        return None


def _plain(image: Image.Image) -> Image.Image:
    """Return pixels of 8 bits without palette: RGBA if any may be transparent, RGB, L or CMYK.

    Always a copy: what the reader holds, which is most for WebP, ends with its image.
    """
    if image.mode == "I;16":  # convert() would clip 16 bits where they must be scaled
        image.info.pop("transparency", None)
        image = image.point(lambda value: value * (1 / 256))
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image.copy() if image.mode in ("RGB", "CMYK") else image.convert("L")


def _settle_alpha(image: Image.Image, keep_alpha: bool) -> Image.Image:
    if image.mode == "RGB":
        return image
    if keep_alpha and image.getchannel("A").getextrema() != (255, 255):
        return image.convert("RGBa")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def _too_large(max_pixels: int) -> InvalidRequest:
    return _refusal(f"must have at most {max_pixels} pixels")


def _refusal(words: str) -> InvalidRequest:
    return InvalidRequest(f"The master {words}.", fields=[FieldMistake("chunk", words)])
