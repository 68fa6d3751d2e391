"""Puts a small label on a rendition that says that AI made it."""

from collections.abc import Sequence
from itertools import product
from math import ceil, floor, hypot, sqrt

from PIL import Image, ImageDraw, ImageFont

from services.resizer.crop import Area, Box, Size

_TEXT = "AI"

_SHARE = 0.045
"""Its height, as a share of the side of a square that has as many pixels as the rendition."""

_LEAST_HEIGHT = 10
"""In pixels: below this, two letters cannot be read."""

_SHAPE = 1.5
"""Its width, as a multiple of its height."""

_MARGIN = 0.5
"""What it keeps from the edges and from covered areas, as a multiple of its height."""

_INK, _GROUND, _RIM = (255, 255, 255, 255), (0, 0, 0, 205), (255, 255, 255, 150)
"""White on black that lets a fifth through has a contrast of more than 12 to 1 on any picture
(WCAG 2.2 asks for 4.5); the rim sets it off from a dark one."""

_FINER = 4
"""It is drawn so many times larger and then reduced, which makes its curves smooth."""


def put_label(pixels: Image.Image, covered: Sequence[Area] = ()) -> None:
    """Draw the label into `pixels` (RGB or RGBA), where nothing covers it if there is such a place.

    It is in the corner that is nearest to a free place, the lower right one first. On a tiny
    rendition it takes up most of the picture.
    """
    size = Size(width=pixels.width, height=pixels.height)
    label = _drawn(_label_size(size))
    place = _best_place(size, Size(width=label.width, height=label.height), covered)
    under = pixels.crop((*place, place[0] + label.width, place[1] + label.height)).convert("RGBA")
    under.alpha_composite(label)
    pixels.paste(under.convert(pixels.mode), place)


def _label_size(size: Size) -> Size:
    wanted = max(_LEAST_HEIGHT, round(_SHARE * sqrt(size.pixels)))
    height = max(1, min(wanted, size.height, floor(size.width / _SHAPE)))
    return Size(width=min(size.width, ceil(height * _SHAPE)), height=height)


def _drawn(size: Size) -> Image.Image:
    width, height = size.width * _FINER, size.height * _FINER
    label = Image.new("RGBA", (width, height))
    pen, rim = ImageDraw.Draw(label), max(_FINER, height // 24)
    outline = (0, 0, width - 1, height - 1)
    pen.rounded_rectangle(outline, height / 4, fill=_GROUND, outline=_RIM, width=rim)
    font = ImageFont.load_default(0.72 * height)
    pen.text((width / 2, height / 2), _TEXT, fill=_INK, font=font, anchor="mm")
    return label.reduce(_FINER)


def _best_place(size: Size, label: Size, covered: Sequence[Area]) -> tuple[int, int]:
    """Return where the upper left corner of the label goes."""
    hidden = [_pixels(area, size) for area in covered]
    margin = round(_MARGIN * label.height)
    across = _starts(size.width, label.width, margin, [(box.x, box.edges[2]) for box in hidden])
    down = _starts(size.height, label.height, margin, [(box.y, box.edges[3]) for box in hidden])

    def cost(place: tuple[int, int]) -> tuple[int, float]:
        own = Box(x=place[0], y=place[1], width=label.width, height=label.height)
        return sum(_shared(own, box) for box in hidden), _way_to_corner(own, size)

    return min(product(across, down), key=cost)


def _starts(whole: int, length: int, margin: int, hidden: Sequence[tuple[int, int]]) -> list[int]:
    """Return where it may begin along one side: at both ends, and on both sides of what is hidden.

    The far end comes first, so that the lower right corner wins a tie.
    """
    first = min(margin, (whole - length) // 2)
    last = whole - length - first
    starts = [last, first]
    for start, end in hidden:
        starts += [start - length - margin, end + margin]
    return [min(max(first, one), last) for one in starts]


def _pixels(area: Area, size: Size) -> Box:
    left, upper = floor(area.left * size.width), floor(area.top * size.height)
    right, lower = ceil(area.right * size.width), ceil(area.bottom * size.height)
    return Box(x=left, y=upper, width=right - left, height=lower - upper)


def _shared(one: Box, other: Box) -> int:
    """Return how many pixels two boxes have in common."""
    sides = zip(one.edges[:2], one.edges[2:], other.edges[:2], other.edges[2:], strict=True)
    width, height = (
        max(0, min(end, other_end) - max(start, other_start))
        for start, end, other_start, other_end in sides
    )
    return width * height


def _way_to_corner(own: Box, size: Size) -> float:
    """Return how far it is to the nearest corner of the rendition."""
    left, upper, right, lower = own.edges
    return hypot(min(left, size.width - right), min(upper, size.height - lower))
