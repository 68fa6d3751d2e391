"""Puts a picture that does not fill its rendition on a background."""

from collections.abc import Callable

from PIL import Image, ImageFilter

from services.resizer.crop import Box, Size
from services.resizer.order import AUTO, BLUR, TRANSPARENT

Behind = Callable[[Size], Image.Image]
"""Returns the middle of the master, in the shape of a rendition and at a given size."""

_BLURRED_SIDE = 64
"""Longer side at which a background is blurred: no finer detail survives anyway."""

_BLUR_RADIUS = 3.0


def inner_size(box: Box, around: Size) -> Size:
    """Return the largest size of the shape of `box` that fits into `around`."""
    scale = min(around.width / box.width, around.height / box.height)
    return Size(
        width=min(around.width, max(1, round(box.width * scale))),
        height=min(around.height, max(1, round(box.height * scale))),
    )


def mount(picture: Image.Image, size: Size, background: str, behind: Behind) -> Image.Image:
    """Return `picture` (RGB or RGBa) in the middle of a background of `size`.

    `background` is "blur", "auto", "transparent" or "#rrggbb". The result is RGB, or RGBA where
    something is transparent; a colour shows through a transparent picture.
    """
    if background == BLUR:
        sheet = _blurred(behind, size)
    elif background == TRANSPARENT:
        sheet = Image.new("RGBA", (size.width, size.height))
    else:
        colour = _edge_colour(picture, size) if background == AUTO else background
        sheet = Image.new("RGB", (size.width, size.height), colour)
    place = ((size.width - picture.width) // 2, (size.height - picture.height) // 2)
    if picture.mode == "RGB":
        sheet.paste(picture, place)
        return sheet
    layered = sheet.convert("RGBA")
    layered.alpha_composite(picture.convert("RGBA"), place)
    return layered


def _blurred(behind: Behind, size: Size) -> Image.Image:
    scale = min(1.0, _BLURRED_SIDE / max(size.width, size.height))
    side = Size(width=max(1, round(size.width * scale)), height=max(1, round(size.height * scale)))
    small = behind(side).filter(ImageFilter.GaussianBlur(_BLUR_RADIUS))
    return small.resize((size.width, size.height), Image.Resampling.BICUBIC)


def _edge_colour(picture: Image.Image, size: Size) -> tuple[int, int, int]:
    """Return the mean colour of the two edges that the background touches, on white."""
    solid = picture
    if picture.mode != "RGB":
        solid = Image.new("RGB", picture.size, "white")
        solid.paste(picture.convert("RGBA"), mask=picture.getchannel("a"))
    wide, high = solid.size
    beside = (0, 0, 1, high), (wide - 1, 0, wide, high)
    above = (0, 0, wide, 1), (0, high - 1, wide, high)
    edges = [solid.crop(edge) for edge in (beside if wide < size.width else above)]
    pixels = [edge.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) for edge in edges]
    red, green, blue = ((a + b) // 2 for a, b in zip(*pixels, strict=True))
    return red, green, blue
