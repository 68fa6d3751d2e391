"""Cuts one rendition from a decoded master."""

import hashlib
from dataclasses import dataclass

from PIL import Image

from services.resizer.crop import Box, Size, choose_box
from services.resizer.encode import ENCODINGS, encode
from services.resizer.order import Order, Target

_REDUCING_GAP = 3.0
"""From this on, says Pillow, halving first cannot be told from resampling every pixel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendition:
    """A finished file. `sha256` is lower-case hex, `crop` what it shows of the upright master."""

    target: Target
    content_type: str
    data: bytes
    sha256: str
    crop: Box


def render(master: Image.Image, target: Target, order: Order) -> Rendition:
    """Cut `target` from a master as `decode` returns it. Takes CPU: call it in a thread."""
    box = choose_box(Size(width=master.width, height=master.height), target.size)
    pixels = master.resize(
        (target.size.width, target.size.height),
        Image.Resampling.LANCZOS,
        box=box.edges,
        reducing_gap=_REDUCING_GAP,
    )
    if pixels.mode == "RGBa":
        pixels = pixels.convert("RGBA")
    encoding = ENCODINGS[order.format]
    data = encode(pixels, encoding, order.quality)
    return Rendition(
        target=target,
        content_type=encoding.content_type,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        crop=box,
    )
