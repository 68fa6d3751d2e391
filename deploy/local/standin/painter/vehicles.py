"""Things that travel: boat, balloon and rocket."""

import math

from deploy.local.standin.painter.canvas import Canvas, Point
from deploy.local.standin.painter.palette import Palette, mix

WHITE = (250, 247, 240)
RED = (206, 66, 58)


def paint_boat(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A sailing boat with its reflection."""
    dim = palette.inking * 0.55
    canvas.polygon(foot, tall, [(-0.02, 0.1), (-0.02, 1.0), (0.01, 1.0), (0.01, 0.1)], palette.ink)
    canvas.polygon(
        foot,
        tall,
        [(0.04, 0.2), (0.03, 0.97), (0.2, 0.6), (0.46, 0.22)],
        mix(WHITE, palette.ink, dim * 0.8),
    )
    canvas.polygon(
        foot,
        tall,
        [(-0.05, 0.24), (-0.05, 0.88), (-0.18, 0.55), (-0.36, 0.24)],
        mix(RED, palette.ink, dim),
    )
    canvas.polygon(
        foot,
        tall,
        [(-0.48, 0.15), (-0.34, -0.04), (0.32, -0.04), (0.52, 0.17)],
        mix((96, 60, 48), palette.ink, dim + 0.15),
    )
    canvas.polygon(
        foot,
        tall,
        [(-0.48, 0.15), (-0.46, 0.12), (0.49, 0.135), (0.52, 0.17)],
        mix(WHITE, palette.ink, dim),
    )
    for step in range(7):
        half = tall * (0.44 - 0.05 * step) * canvas.rng.uniform(0.7, 1.0)
        y = foot[1] + tall * (0.07 + 0.055 * step)
        tone = mix(palette.water, palette.light, 0.42 - 0.05 * step)
        box = (foot[0] - half, y - tall * 0.009, foot[0] + half, y + tall * 0.009)
        canvas.draw.rounded_rectangle(box, radius=tall * 0.009, fill=tone)


def paint_balloon(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """Three hot-air balloons, one of them near."""
    sides = (
        (foot, tall),
        ((foot[0] + tall * 1.05, foot[1] - tall * 0.75), tall * 0.4),
        ((foot[0] - tall * 1.1, foot[1] - tall * 0.35), tall * 0.28),
    )
    for (x, y), size in sides:
        radius, middle = size * 0.38, y - size * 0.62
        tone = canvas.rng.choice((RED, (232, 146, 58), (62, 128, 140), (122, 84, 150)))
        for index, share in enumerate((1.0, 0.72, 0.4, 0.12)):
            fill = mix(tone if index % 2 == 0 else WHITE, palette.ink, palette.inking * 0.45)
            half = radius * share
            canvas.draw.ellipse((x - half, middle - radius, x + half, middle + radius), fill=fill)
            neck = [
                (x - half * 0.92, middle + radius * 0.4),
                (x + half * 0.92, middle + radius * 0.4),
                (x + half * 0.22, y - size * 0.13),
                (x - half * 0.22, y - size * 0.13),
            ]
            canvas.draw.polygon(neck, fill=fill)
        for side in (-1, 1):
            rope = (
                x + side * radius * 0.2,
                y - size * 0.13,
                x + side * size * 0.05,
                y - size * 0.06,
            )
            canvas.draw.line(rope, fill=palette.ink, width=max(1, round(size * 0.008)))
        basket = (x - size * 0.062, y - size * 0.07, x + size * 0.062, y + size * 0.03)
        fill = mix((120, 80, 50), palette.ink, 0.4)
        canvas.draw.rounded_rectangle(basket, radius=size * 0.015, fill=fill)


def paint_rocket(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A rocket that has just lifted off."""
    x, y = foot
    canvas.glow((x, y + tall * 0.12), tall * 0.5, (255, 190, 90), 0.9)
    for half, drop, tone in ((0.13, 0.42, (255, 168, 70)), (0.07, 0.27, (255, 236, 170))):
        canvas.polygon(foot, tall, [(-half, 0.05), (0.0, -drop), (half, 0.05)], tone)
    for side in (-1, 1):
        canvas.polygon(
            foot,
            tall,
            [(side * 0.12, 0.42), (side * 0.31, 0.1), (side * 0.29, 0.0), (side * 0.1, 0.1)],
            mix(RED, palette.ink, 0.15),
        )
    hull = [
        (math.sin(t / 20 * math.pi * 0.82 + 0.45) * 0.19 - 0.015, 0.04 + t / 20 * 0.92)
        for t in range(20)
    ]
    canvas.polygon(foot, tall, [*hull, (0.0, 1.04), *[(-px, py) for px, py in hull[::-1]]], WHITE)
    canvas.polygon(
        foot,
        tall,
        [*hull, (0.0, 1.04), (0.04, 0.5), (0.02, 0.04)],
        mix(WHITE, palette.sky[1], 0.25),
    )
    nose = [(px, py) for px, py in hull if py > 0.72]
    canvas.polygon(foot, tall, [*nose, (0.0, 1.04), *[(-px, py) for px, py in nose[::-1]]], RED)
    for radius, tone in ((0.095, mix(palette.ink, WHITE, 0.2)), (0.07, (120, 196, 220))):
        canvas.disc((x, y - tall * 0.55), tall * radius, tone)
    canvas.disc((x - tall * 0.02, y - tall * 0.575), tall * 0.022, WHITE)
