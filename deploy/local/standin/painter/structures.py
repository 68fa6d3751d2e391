"""Things that were built: cabin, castle and tower."""

from deploy.local.standin.painter.canvas import Canvas, Point
from deploy.local.standin.painter.palette import Palette, mix

WHITE = (250, 247, 240)
RED = (206, 66, 58)
LAMP = (255, 226, 140)


def paint_cabin(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A gabled hut with lit windows and smoke."""
    dim = palette.inking * 0.6
    wall, roof = mix((150, 96, 66), palette.ink, dim), mix((112, 52, 48), palette.ink, dim)
    pale = mix(palette.haze, palette.light, 0.5)
    for step in range(5):
        puff = (foot[0] + tall * (0.32 + 0.07 * step), foot[1] - tall * (0.98 + 0.13 * step))
        tone = mix(pale, canvas.sky_at(puff[1]), 0.3 + 0.14 * step)
        canvas.disc(puff, tall * (0.045 + 0.018 * step), tone)
    canvas.polygon(
        foot,
        tall,
        [(0.26, 0.5), (0.26, 0.92), (0.37, 0.92), (0.37, 0.5)],
        mix(roof, palette.ink, 0.3),
    )
    canvas.polygon(foot, tall, [(-0.5, 0.0), (-0.5, 0.42), (0.5, 0.42), (0.5, 0.0)], wall)
    for row in range(1, 5):
        y = foot[1] - tall * row * 0.085
        canvas.draw.line(
            (foot[0] - tall * 0.5, y, foot[0] + tall * 0.5, y),
            fill=mix(wall, palette.ink, 0.22),
            width=max(1, round(tall * 0.01)),
        )
    canvas.polygon(foot, tall, [(-0.62, 0.38), (-0.4, 0.82), (0.4, 0.82), (0.62, 0.38)], roof)
    if palette.tint[0] > 200 and palette.tint[2] > 200:
        canvas.polygon(
            foot,
            tall,
            [
                (-0.56, 0.52),
                (-0.41, 0.85),
                (0.41, 0.85),
                (0.56, 0.52),
                (0.3, 0.58),
                (0.1, 0.5),
                (-0.2, 0.57),
            ],
            mix(pale, WHITE, 0.5),
        )
    for left, width, low, high in ((-0.38, 0.18, 0.14, 0.31), (0.2, 0.18, 0.14, 0.31)):
        canvas.polygon(
            foot, tall, [(left, low), (left, high), (left + width, high), (left + width, low)], LAMP
        )
    canvas.polygon(
        foot,
        tall,
        [(-0.09, 0.0), (-0.09, 0.28), (0.09, 0.28), (0.09, 0.0)],
        mix(wall, palette.ink, 0.5),
    )
    for x in (-0.29, 0.29):
        canvas.glow((foot[0] + x * tall, foot[1] - tall * 0.22), tall * 0.28, LAMP, 0.45)


def paint_castle(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """Three towers and a gate on a mound."""
    x, y = foot
    mound = mix(palette.land(0.8), palette.ink, 0.15)
    canvas.draw.chord(
        (x - tall * 0.95, y - tall * 0.13, x + tall * 0.95, y + tall * 0.5), 180, 360, fill=mound
    )
    stone = mix((196, 188, 186), palette.ink, palette.inking * 0.75)
    roof = mix((70, 90, 150), palette.ink, palette.inking * 0.6)
    parts = ((0.0, 0.16, 0.78), (-0.34, 0.11, 0.56), (0.34, 0.11, 0.62), (0.0, 0.42, 0.32))
    for middle, half, rise in parts:
        canvas.polygon(
            foot,
            tall,
            [
                (middle - half, 0.0),
                (middle - half, rise),
                (middle + half, rise),
                (middle + half, 0.0),
            ],
            stone,
        )
        canvas.polygon(
            foot,
            tall,
            [
                (middle + half * 0.35, 0.0),
                (middle + half * 0.35, rise),
                (middle + half, rise),
                (middle + half, 0.0),
            ],
            mix(stone, palette.ink, 0.2),
        )
        if half < 0.2:
            canvas.polygon(
                foot,
                tall,
                [
                    (middle - half * 1.25, rise),
                    (middle, rise + half * 2.6),
                    (middle + half * 1.25, rise),
                ],
                roof,
            )
            tip = rise + half * 2.6
            canvas.polygon(
                foot,
                tall,
                [
                    (middle, tip - 0.02),
                    (middle, tip + 0.1),
                    (middle + 0.1, tip + 0.065),
                    (middle, tip + 0.035),
                ],
                RED,
            )
            canvas.polygon(
                foot,
                tall,
                [
                    (middle - 0.025, rise - 0.16),
                    (middle - 0.025, rise - 0.08),
                    (middle + 0.025, rise - 0.08),
                    (middle + 0.025, rise - 0.16),
                ],
                LAMP,
            )
    for notch in range(7):
        left = -0.42 + notch * 0.13
        canvas.polygon(
            foot,
            tall,
            [(left, 0.31), (left, 0.37), (left + 0.065, 0.37), (left + 0.065, 0.31)],
            stone,
        )
    gate = (x - tall * 0.08, y - tall * 0.2, x + tall * 0.08, y + tall * 0.12)
    canvas.draw.pieslice(gate, 180, 360, fill=palette.ink)
    canvas.draw.rectangle((gate[0], y - tall * 0.05, gate[2], y), fill=palette.ink)


def paint_tower(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A stepped skyscraper that stands out of the skyline."""
    body = mix(palette.land(0.55), palette.ink, 0.45)
    lit = mix(body, LAMP, 0.9 if palette.inking > 0.3 else 0.55)
    steps = ((0.115, 0.0, 0.56), (0.085, 0.56, 0.72), (0.055, 0.72, 0.82), (0.022, 0.82, 0.88))
    for half, low, high in steps:
        canvas.polygon(foot, tall, [(-half, low), (-half, high), (half, high), (half, low)], body)
        canvas.polygon(
            foot,
            tall,
            [(half * 0.45, low), (half * 0.45, high), (half, high), (half, low)],
            mix(body, palette.ink, 0.5),
        )
    canvas.polygon(foot, tall, [(-0.006, 0.88), (0.0, 1.04), (0.006, 0.88)], body)
    canvas.glow((foot[0], foot[1] - tall * 1.03), tall * 0.06, RED, 1.0)
    for row in range(26):
        height = 0.06 + row * 0.026
        half = next(half for half, _, high in steps if height < high)
        for column in range(-4, 5):
            x = column * 0.0235
            if abs(x) < half - 0.012 and canvas.rng.random() < 0.6:
                canvas.polygon(
                    foot,
                    tall,
                    [
                        (x - 0.006, height),
                        (x - 0.006, height + 0.014),
                        (x + 0.006, height + 0.014),
                        (x + 0.006, height),
                    ],
                    lit,
                )
