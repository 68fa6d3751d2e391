"""Makes the small pictures shown to people while the model is still painting."""

from io import BytesIO

from PIL import Image

from services.common.errors import ProviderBadAnswer
from services.generator.verify import ImageLimits, decoded

MAX_BYTES = 24 * 1024

_TRIES = ((320, 75), (320, 50), (256, 40), (160, 30))
"""Long side in pixels and JPEG quality; even noise fits into MAX_BYTES with the last."""


def small_jpeg(data: bytes, limits: ImageLimits) -> bytes | None:
    """Return a JPEG of at most MAX_BYTES, or None if `data` is broken. Takes CPU: use a thread."""
    try:
        picture = decoded(data, limits)
    except ProviderBadAnswer:
        return None
    image: Image.Image = picture.pixels
    image.thumbnail((_TRIES[0][0], _TRIES[0][0]))
    image = _flattened(image if picture.turn is None else image.transpose(picture.turn))
    jpegs = (_jpeg(image, side, quality) for side, quality in _TRIES)
    return next((jpeg for jpeg in jpegs if len(jpeg) <= MAX_BYTES), None)


def _flattened(image: Image.Image) -> Image.Image:
    """Return it opaque on white, and without the profiles that a JPEG would carry along."""
    paper = Image.new("RGB", image.size, "white")
    picture = image.convert("RGBA")
    paper.paste(picture, mask=picture)
    return paper


def _jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    small, file = image.copy(), BytesIO()
    small.thumbnail((side, side))
    small.save(file, "JPEG", quality=quality)
    return file.getvalue()
