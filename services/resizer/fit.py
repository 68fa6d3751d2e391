"""Keeps a file within the size that its platform accepts."""

from PIL import Image

from services.resizer.encode import Encoding, encode

_PALETTE = 256


def encode_within(
    pixels: Image.Image, encoding: Encoding, max_bytes: int | None, xmp: bytes
) -> bytes:
    """Return the file of the highest quality, up to the usual one, that has at most `max_bytes`.

    If there is none, the smallest acceptable one. `max_bytes` is None for no limit.
    """
    data = encode(pixels, encoding, encoding.quality, xmp)
    if max_bytes is None or len(data) <= max_bytes:
        return data
    if encoding.name == "png":
        return _smaller_png(pixels, encoding, max_bytes, xmp)
    return _of_best_quality(pixels, encoding, max_bytes, xmp)


def _of_best_quality(pixels: Image.Image, encoding: Encoding, max_bytes: int, xmp: bytes) -> bytes:
    """Binary search: `low` fits or is the least, `high` is known to be too long."""
    low, high = encoding.least, encoding.quality
    found = encode(pixels, encoding, low, xmp)
    if len(found) > max_bytes:
        return found
    while high - low > 1:
        middle = (low + high) // 2
        data = encode(pixels, encoding, middle, xmp)
        if len(data) <= max_bytes:
            low, found = middle, data
        else:
            high = middle
    return found


def _smaller_png(pixels: Image.Image, encoding: Encoding, max_bytes: int, xmp: bytes) -> bytes:
    """Compress harder; if that is not enough, reduce to 256 colours."""
    data = encode(pixels, encoding, encoding.least, xmp)
    if len(data) <= max_bytes:
        return data
    method = Image.Quantize.FASTOCTREE if pixels.mode == "RGBA" else Image.Quantize.MEDIANCUT
    few = pixels.quantize(_PALETTE, method, dither=Image.Dither.FLOYDSTEINBERG)
    return encode(few, encoding, encoding.least, xmp)
