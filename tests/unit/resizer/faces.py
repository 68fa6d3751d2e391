"""Draws faces plain enough to be found, for tests that need one without a photograph."""

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

BACKDROP: Colour = (90, 110, 140)
_HAIR, _SKIN, _WHITE, _DARK, _LIPS = (
    (60, 40, 30),
    (225, 180, 150),
    (245, 245, 245),
    (40, 30, 30),
    (180, 80, 80),
)


def head(width: int) -> Image.Image:
    """Return a head from the front, 1.3 times as high as wide."""
    image = Image.new("RGB", (width, round(width * 1.3)), BACKDROP)
    pen = ImageDraw.Draw(image)

    def oval(left: float, upper: float, right: float, lower: float, colour: Colour) -> None:
        wide, high = image.size
        pen.ellipse((left * wide, upper * high, right * wide, lower * high), fill=colour)

    oval(0.08, 0, 0.92, 0.8, _HAIR)
    oval(0.15, 0.1, 0.85, 0.95, _SKIN)
    oval(0.15, 0.08, 0.85, 0.3, _HAIR)
    for eye in (0.34, 0.66):
        oval(eye - 0.11, 0.375, eye + 0.11, 0.395, _HAIR)
        oval(eye - 0.09, 0.42, eye + 0.09, 0.49, _WHITE)
        oval(eye - 0.04, 0.42, eye + 0.04, 0.49, _DARK)
    oval(0.44, 0.5, 0.56, 0.64, (200, 150, 125))
    oval(0.36, 0.72, 0.64, 0.8, _LIPS)
    return image


def portrait(size: tuple[int, int], width: int, place: tuple[int, int]) -> Image.Image:
    """Return a picture of `size` with a head of `width` at `place`."""
    image = Image.new("RGB", size, BACKDROP)
    image.paste(head(width), place)
    return image
