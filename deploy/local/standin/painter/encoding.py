"""Turns paintings into the bytes of an answer: the picture itself and its coarse previews."""

import io
import zlib

from PIL import Image, ImageDraw, ImageFilter

# How many times coarser each preview is, when so many of them are still to come.
COARSENESS = (12, 28, 60)


def encode(picture: Image.Image, output_format: str, compression: int) -> bytes:
    """The picture as a PNG, JPEG or WebP file; `compression` is OpenAI's 0-100, 100 the best."""
    target = io.BytesIO()
    if output_format == "png":
        # Painted skies and water are runs of the same bytes: two thirds of the time that level 3
        # takes to look for what came earlier, and a smaller file.
        picture.save(target, "PNG", compress_type=zlib.Z_RLE)
    elif output_format == "jpeg":
        picture.save(target, "JPEG", quality=min(95, max(1, compression)))
    else:
        picture.save(target, "WEBP", quality=compression, method=1)
    return target.getvalue()


def preview(picture: Image.Image, remaining: int) -> Image.Image:
    """The same picture seen through frosted glass; clearer the fewer previews remain."""
    factor = COARSENESS[min(remaining, len(COARSENESS) - 1)]
    size = (max(4, picture.width // factor), max(4, picture.height // factor))
    small = picture.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.6))
    return small.resize(picture.size, Image.Resampling.BICUBIC)


def cut_out(picture: Image.Image) -> Image.Image:
    """The picture as a sticker with round corners on a transparent ground."""
    shape = Image.new("L", picture.size)
    inset = round(min(picture.size) * 0.04)
    box = (inset, inset, picture.width - inset, picture.height - inset)
    ImageDraw.Draw(shape).rounded_rectangle(box, radius=inset * 2.5, fill=255)
    sticker = picture.convert("RGBA")
    sticker.putalpha(shape)
    return sticker
