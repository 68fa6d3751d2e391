"""Cuts one rendition from a decoded master."""

import hashlib
from dataclasses import dataclass

from PIL import Image

from services.resizer.crop import CENTRE, Box, Size, choose_box
from services.resizer.encode import ENCODINGS
from services.resizer.fit import encode_within
from services.resizer.framing import frame
from services.resizer.order import Order, Target
from services.resizer.origin import origin
from services.resizer.resample import resample
from services.resizer.saliency import Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Master:
    """What all renditions are cut from: `pixels` as `decode` returns them, and what matters there.

    `heat` is a map as `look_at` returns it, None where the order does without.
    """

    pixels: Image.Image
    heat: Floats | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendition:
    """A finished file. `sha256` is lower-case hex, `crop` what it shows of the upright master."""

    target: Target
    content_type: str
    data: bytes
    sha256: str
    crop: Box


def render(master: Master, target: Target, order: Order) -> Rendition:
    """Cut `target` from the master. Takes CPU: call it in a thread."""
    box = _box(master, target, order)
    pixels = resample(master.pixels, box, target.size)
    if pixels.mode == "RGBa":
        pixels = pixels.convert("RGBA")
    encoding = ENCODINGS[order.format]
    data = encode_within(pixels, encoding, target.max_bytes, origin(order.model))
    return Rendition(
        target=target,
        content_type=encoding.content_type,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        crop=box,
    )


def _box(master: Master, target: Target, order: Order) -> Box:
    size = Size(width=master.pixels.width, height=master.pixels.height)
    if master.heat is None:
        return choose_box(size, target.size, order.focus or CENTRE)
    return frame(master.heat, size, target.size, target.covered)
