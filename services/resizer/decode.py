"""Turns the bytes of a master into upright sRGB pixels."""

from io import BytesIO

import numpy as np
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.common.errors import FieldMistake, InvalidRequest
from services.common.pictures.flaws import FLAW, Flaw
from services.common.pictures.jpeg import MAX_SCANS
from services.common.pictures.opening import Picture, PictureRefused, open_picture
from services.resizer.colour import to_srgb

_WORDS = {
    Flaw.UNKNOWN_FORMAT: "must be a PNG, JPEG, WebP or AVIF file",
    Flaw.BROKEN: "is broken or incomplete: send the whole file",
    Flaw.TOO_MANY_PIXELS: "must have at most {max_pixels} pixels",
    Flaw.TOO_MANY_SCANS: f"must have at most {MAX_SCANS} scans: save it as a plain JPEG",
}
"""The message to the caller for each flaw of a master."""


_HOLDS_A_READER = (WebPImageFile, AvifImageFile)
"""Pictures that keep their reader, and with it all pixels once more, after they are decoded."""


def decode(file: BytesIO, max_pixels: int, keep_alpha: bool) -> Image.Image:
    """Return the upright master in sRGB, without metadata. Takes CPU: call it in a thread.

    Mode RGB; or RGBa (colours times alpha, so that they can be resampled) if the master has
    transparent pixels and `keep_alpha`. Without it they become white. Of an animation, the first
    frame. Takes up to 18 bytes a pixel while it runs (WebP does), the result 4.

    Raises InvalidRequest for a file that is not PNG, JPEG, WebP or AVIF, is broken, has more than
    `max_pixels` or too many scans; both are counted before any pixel is decoded.
    """
    picture = _opened(file.getvalue(), max_pixels)
    turn, profile = picture.turn, picture.pixels.info.get("icc_profile")
    colours, alpha = _plain(picture.pixels)
    del picture  # this frees what a reader holds, which for WebP is most of it
    image = to_srgb(colours, profile)
    if alpha is not None:
        image.putalpha(alpha)
    if turn is not None:
        image = image.transpose(turn)
    image = _settle_alpha(image, keep_alpha)
    image.info.clear()
    return image


def _opened(data: bytes, max_pixels: int) -> Picture:
    try:
        picture = open_picture(data, max_pixels)
        picture.load()
    except PictureRefused as refused:
        words = _WORDS[refused.flaw].format(max_pixels=max_pixels)
        mistakes = [FieldMistake("chunk", words)]
        raise InvalidRequest(
            f"The image {words}.", fields=mistakes, facts={FLAW: refused.flaw.name}
        ) from refused
    return picture


def _plain(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Return 8-bit pixels without a palette, with alpha where transparency is stored elsewhere.

    RGBA if any may be transparent, RGB, L or CMYK; greys keep their mode, which their profile is
    for. A copy if the reader could not go otherwise.
    """
    see_through = image.info.get("transparency")
    if image.mode == "I;16":
        alpha = None
        if see_through is not None:
            alpha = Image.fromarray(np.where(np.asarray(image) == see_through, 0, 255).astype("u1"))
        # convert() would clip 16 bits where they must be scaled
        return image.point(lambda value: value * (1 / 256)).convert("L"), alpha
    if image.mode == "LA":
        return image.getchannel("L"), image.getchannel("A")
    if image.mode in ("1", "L") and see_through is not None:
        grey = image.convert("L")
        return grey, grey.point([255 * (level != see_through) for level in range(256)])
    if image.has_transparency_data:
        return image.convert("RGBA"), None
    if image.mode == "P":
        return image.convert("RGB"), None
    if image.mode not in ("RGB", "CMYK"):
        return image.convert("L"), None
    return image.copy() if isinstance(image, _HOLDS_A_READER) else image, None


def _settle_alpha(image: Image.Image, keep_alpha: bool) -> Image.Image:
    if image.mode == "RGB":
        return image
    if keep_alpha and image.getchannel("A").getextrema() != (255, 255):
        return image.convert("RGBa")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white
