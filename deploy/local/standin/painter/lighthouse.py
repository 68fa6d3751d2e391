"""The lighthouse: a banded tower on a rock, its beam on."""

from PIL import ImageDraw

from deploy.local.standin.painter.canvas import Canvas, Point
from deploy.local.standin.painter.palette import Palette, mix

WHITE = (250, 247, 240)
RED = (206, 66, 58)
LAMP = (255, 226, 140)


def paint_lighthouse(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A banded tower on a rock, its beam on."""
    x, y = foot
    top = (x, y - tall * 0.93)
    shine = mix(palette.light, LAMP, 0.5)
    for side in (-1, 1):
        _beam(canvas, top, tall, side)
    rock = mix(mix((92, 84, 88), palette.haze, 0.1), palette.ink, 0.25 + 0.5 * palette.inking)
    canvas.polygon(
        (x, y + tall * 0.04),
        tall,
        [
            (-0.75, -0.16),
            (-0.6, -0.03),
            (-0.46, -0.01),
            (-0.36, 0.1),
            (-0.16, 0.13),
            (0.02, 0.16),
            (0.2, 0.13),
            (0.33, 0.05),
            (0.5, 0.02),
            (0.6, -0.07),
            (0.85, -0.16),
        ],
        rock,
    )
    canvas.polygon(
        (x, y + tall * 0.04),
        tall,
        [
            (-0.1, 0.12),
            (0.02, 0.16),
            (0.2, 0.13),
            (0.33, 0.05),
            (0.5, 0.02),
            (0.6, -0.07),
            (0.85, -0.16),
            (0.2, -0.16),
            (0.1, 0.02),
        ],
        mix(rock, palette.ink, 0.4),
    )
    foot = (x, y - tall * 0.06)
    dim = palette.inking * 0.4
    for band in range(5):
        low, high = band / 5, (band + 1) / 5
        wide, narrow = 0.105 - 0.045 * low, 0.105 - 0.045 * high
        tone = mix(RED if band % 2 == 0 else WHITE, palette.ink, dim)
        base, rise = 0.75 * low, 0.75 * high
        canvas.polygon(
            foot, tall, [(-wide, base), (-narrow, rise), (narrow, rise), (wide, base)], tone
        )
        canvas.polygon(
            foot,
            tall,
            [(wide * 0.3, base), (narrow * 0.3, rise), (narrow, rise), (wide, base)],
            mix(tone, palette.ink, 0.22),
        )
    canvas.glow((x, foot[1] - tall * 0.825), tall * 0.22, LAMP, 0.85)
    dark = mix(palette.ink, (60, 60, 70), 0.4)
    for low, high, half, tone in (
        (0.745, 0.775, 0.095, dark),
        (0.775, 0.875, 0.05, shine),
        (0.87, 0.885, 0.066, dark),
    ):
        canvas.polygon(foot, tall, [(-half, low), (-half, high), (half, high), (half, low)], tone)
    canvas.polygon(
        foot, tall, [(-0.066, 0.885), (0.0, 0.965), (0.066, 0.885)], mix(RED, palette.ink, dim)
    )
    for height in (0.2, 0.5):
        canvas.polygon(
            foot,
            tall,
            [(-0.018, height), (-0.018, height + 0.05), (0.018, height + 0.05), (0.018, height)],
            dark,
        )


def _beam(canvas: Canvas, top: Point, tall: float, side: int) -> None:
    reach, spread = tall * 1.7, tall * 0.24
    far = (top[0] + side * reach, top[1] - spread * 0.3)
    box = (min(top[0], far[0]), top[1] - spread * 1.3, max(top[0], far[0]), top[1] + spread)

    def cut(pen: ImageDraw.ImageDraw, dx: float, dy: float) -> None:
        for step in range(round(reach)):
            along = step / reach
            x, y = top[0] + side * step - dx, top[1] + (far[1] - top[1]) * along - dy
            half = spread * along
            pen.line((x, y - half, x, y + half), fill=round(150 * (1 - along) ** 1.6), width=2)

    canvas.stencil(box, cut, LAMP)
