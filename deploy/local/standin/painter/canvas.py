"""A drawing surface with the few soft strokes that Pillow lacks: shaded shapes, glows and veils."""

import math
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageDraw

from deploy.local.standin.painter.palette import Color, mix

Point = tuple[float, float]
GLOW = Image.radial_gradient("L").point(lambda value: max(0, 255 - 2 * value))


class Canvas:
    """A picture in the making. Lengths are in `unit`s, so that any size shows the same scene."""

    def __init__(self, width: int, height: int, rng: Random) -> None:
        self.width = width
        self.height = height
        self.unit = 0.65 * min(width, height) + 0.35 * math.sqrt(width * height)
        self.rng = rng
        self.image = Image.new("RGB", (width, height))
        self.draw = ImageDraw.Draw(self.image)
        self._sky: Sequence[Color] = ((0, 0, 0),)
        self.horizon = height * 0.62

    def fill_sky(self, colors: Sequence[Color]) -> None:
        """Lays the sky from the zenith to the horizon and below."""
        self._sky = colors
        strip = Image.new("RGB", (1, 256))
        for row in range(256):
            strip.putpixel((0, row), self.sky_at(row / 255 * self.height))
        self.image.paste(_widened(strip, self.width, self.height))

    def sky_at(self, y: float) -> Color:
        """The colour of the bare sky at a height, for things that shine through faintly."""
        place = min(max(y / self.horizon, 0.0), 0.9999) * (len(self._sky) - 1)
        index = int(place)
        return mix(self._sky[index], self._sky[min(index + 1, len(self._sky) - 1)], place - index)

    def shade(self, points: Sequence[Point], top: Color, bottom: Color) -> None:
        """Fills a polygon with a gradient from its highest to its lowest point."""
        self.stencil(
            _box(points),
            lambda pen, dx, dy: pen.polygon([(x - dx, y - dy) for x, y in points], fill=255),
            top,
            bottom,
        )

    def stencil(
        self,
        box: tuple[float, float, float, float],
        cut: Callable[[ImageDraw.ImageDraw, float, float], None],
        top: Color,
        bottom: Color | None = None,
    ) -> None:
        """Paints through a mask that `cut` draws; it is given the offset to subtract."""
        left, upper = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
        right, lower = min(self.width, math.ceil(box[2])), min(self.height, math.ceil(box[3]))
        if right <= left or lower <= upper:
            return
        mask = Image.new("L", (right - left, lower - upper))
        cut(ImageDraw.Draw(mask), left, upper)
        if bottom is None:
            self.image.paste(top, (left, upper), mask)
            return
        strip = Image.new("RGB", (1, 2))
        strip.putdata([top, bottom])
        self.image.paste(_widened(strip, *mask.size), (left, upper), mask)

    def glow(self, center: Point, radius: float, shine: Color, strength: float) -> None:
        """Adds light that fades out with the distance."""
        size = max(2, round(radius * 2))
        left, upper = round(center[0] - size / 2), round(center[1] - size / 2)
        # Much of a large glow is outside, and would take longest.
        x, y = max(0, left), max(0, upper)
        width, height = min(self.width, left + size) - x, min(self.height, upper + size) - y
        if width <= 0 or height <= 0:
            return
        share = GLOW.width / size
        part = ((x - left) * share, (y - upper) * share)
        box = (*part, part[0] + width * share, part[1] + height * share)
        dimmed = GLOW.point(lambda value: round(value * strength))
        mask = dimmed.resize((width, height), Image.Resampling.BILINEAR, box)
        self.image.paste(shine, (x, y), mask)

    def disc(self, center: Point, radius: float, fill: Color) -> None:
        """A filled circle."""
        x, y = center
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def polygon(self, origin: Point, scale: float, points: Sequence[Point], fill: Color) -> None:
        """A polygon given in multiples of `scale` around `origin`, with y upwards."""
        x, y = origin
        self.draw.polygon([(x + px * scale, y - py * scale) for px, py in points], fill=fill)


def _widened(strip: Image.Image, width: int, height: int) -> Image.Image:
    """Returns a strip of one column at another size; its one colour a row needs no filter."""
    column = strip.resize((1, height), Image.Resampling.BILINEAR)
    return column.resize((width, height), Image.Resampling.NEAREST)


def _box(points: Sequence[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
