"""Files to decode, and what comes of them."""

from io import BytesIO

from PIL import Image

from services.resizer.decode import decode

ORIENTATION = 0x0112


def read(data: bytes, *, keep_alpha: bool = False, max_pixels: int = 100_000) -> Image.Image:
    return decode(BytesIO(data), max_pixels, keep_alpha)


def exif(orientation: int) -> Image.Exif:
    values = Image.Exif()
    values[ORIENTATION] = orientation
    return values


def first_pixel(image: Image.Image) -> object:
    return image.getpixel((0, 0))


def half_transparent() -> Image.Image:
    return Image.new("RGBA", (4, 4), (200, 0, 0, 128))
