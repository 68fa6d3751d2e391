"""Paints from other pictures: into the hole of a mask, or with the pictures hung into the scene."""

from collections.abc import Sequence

from PIL import Image

FRAME = (245, 240, 228)
SHARE = 0.3
"""The part of the painting's shorter edge that a hung picture takes."""


def fill_in(painting: Image.Image, original: Image.Image, keep: Image.Image) -> Image.Image:
    """The original where `keep` is white, pixel by pixel if it has the painting's size."""
    size = painting.size
    if original.size != size:
        original = original.resize(size, Image.Resampling.LANCZOS)
        keep = keep.resize(size, Image.Resampling.NEAREST)
    return Image.composite(original.convert("RGB"), painting, keep)


def hang(painting: Image.Image, pictures: Sequence[Image.Image]) -> Image.Image:
    """The painting with the pictures in frames along its lower edge, as many as have room."""
    painting = painting.copy()
    edge = max(8, round(min(painting.size) * SHARE))
    gap = max(1, edge // 12)
    left = gap
    for picture in pictures:
        small = picture.convert("RGB")
        small.thumbnail((edge, edge))
        framed = Image.new("RGB", (small.width + 2 * gap, small.height + 2 * gap), FRAME)
        framed.paste(small, (gap, gap))
        if left + framed.width > painting.width:
            break
        painting.paste(framed, (left, max(0, painting.height - framed.height - gap)))
        left += framed.width + gap
    return painting
