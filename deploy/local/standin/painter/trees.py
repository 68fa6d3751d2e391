"""Things that grow: pine, broad-leaved tree, palm and cactus."""

import math

from deploy.local.standin.painter.canvas import Canvas, Point
from deploy.local.standin.painter.palette import Color, Palette, mix


def paint_pine(canvas: Canvas, foot: Point, tall: float, tone: Color) -> None:
    """A fir of four tiers."""
    trunk = [(-0.025, 0.0), (0.025, 0.0), (0.025, 0.2), (-0.025, 0.2)]
    canvas.polygon(foot, tall, trunk, mix(tone, (0, 0, 0), 0.25))
    for low, high, half in (
        (0.1, 0.46, 0.22),
        (0.3, 0.64, 0.18),
        (0.5, 0.82, 0.135),
        (0.68, 1.0, 0.09),
    ):
        canvas.polygon(
            foot, tall, [(-half, low), (0.0, high), (half, low), (0.0, low + 0.035)], tone
        )


def paint_tree(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A round tree with a lit side."""
    bark = mix(palette.ink, (120, 82, 60), 0.35)
    limbs = [
        (-0.05, 0.0),
        (-0.025, 0.4),
        (-0.14, 0.6),
        (-0.11, 0.61),
        (0.0, 0.47),
        (0.13, 0.62),
        (0.16, 0.6),
        (0.035, 0.38),
        (0.06, 0.0),
    ]
    crown = [
        (0.0, 0.78, 0.2),
        (-0.19, 0.66, 0.16),
        (0.19, 0.67, 0.17),
        (-0.1, 0.84, 0.13),
        (0.12, 0.85, 0.13),
        (0.0, 0.6, 0.13),
    ]
    leaf = canvas.rng.choice(((86, 142, 74), (206, 112, 60), (226, 138, 160), (64, 132, 110)))
    dark = mix(leaf, palette.ink, 0.2 + 0.6 * palette.inking)
    bright = mix(mix(leaf, palette.light, 0.25), palette.ink, 0.5 * palette.inking)
    for shift, tone, scale in ((0.0, dark, 1.0), (0.03, bright, 0.82)):
        for x, y, radius in crown:
            center = (foot[0] + (x - shift) * tall, foot[1] - (y + shift) * tall)
            canvas.disc(center, radius * tall * scale, tone)
        if not shift:
            canvas.polygon(foot, tall, limbs, bark)
    canvas.polygon(foot, tall, [*limbs[:2], (0.02, 0.42), (0.06, 0.0)], bark)


def paint_palm(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A leaning palm on a small sand bank."""
    sand = mix((238, 206, 150), palette.ink, palette.inking * 0.7)
    x, y = foot
    bank = (x - tall * 0.62, y - tall * 0.09, x + tall * 0.75, y + tall * 0.16)
    canvas.draw.chord(bank, 180, 360, fill=sand)
    bark = mix((126, 88, 62), palette.ink, palette.inking)
    leaf = mix((58, 128, 84), palette.ink, 0.2 + 0.7 * palette.inking)
    for root, lean, share in ((0.0, 0.34, 1.0), (0.1, -0.3, 0.74)):
        spine = [(root + lean * (t / 12) ** 1.7, share * 0.86 * t / 12) for t in range(13)]
        left = [(px - 0.022 * (1.3 - py), py) for px, py in spine]
        right = [(px + 0.022 * (1.3 - py), py) for px, py in reversed(spine)]
        canvas.polygon((x, y - tall * 0.05), tall, left + right, bark)
        top = (x + spine[-1][0] * tall, y - tall * (0.05 + spine[-1][1]))
        for angle in (-18, 12, 48, 90, 132, 168, 198):
            _frond(canvas, top, tall * 0.36 * share, math.radians(angle), leaf)


def _frond(canvas: Canvas, top: Point, reach: float, angle: float, tone: Color) -> None:
    upper, lower = [], []
    for step in range(11):
        along = step / 10
        x = math.cos(angle) * along
        y = math.sin(angle) * along * 0.75 - 0.55 * along**2.2
        width = 0.13 * math.sin(math.pi * min(1.0, along * 0.95 + 0.05))
        upper.append((x, y + width * 0.5))
        lower.append((x, y - width * (1.25 if step % 2 else 0.5)))
    canvas.polygon(top, reach, upper + lower[::-1], tone)


def paint_cactus(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    """A saguaro with two arms."""
    tone = mix((74, 132, 92), palette.ink, palette.inking)
    bright = mix(tone, palette.light, 0.25)
    arms = ((0.0, 0.0, 0.09, 1.0), (-0.26, 0.42, 0.06, 0.3), (0.25, 0.32, 0.06, 0.42))
    x, y = foot
    for px, py, half, rise in arms:
        if px:
            left, right = sorted((px * 1.0, 0.0))
            box = (x + left * tall, y - (py + 0.1) * tall, x + right * tall, y - (py - 0.02) * tall)
            canvas.draw.rounded_rectangle(box, radius=half * tall * 0.9, fill=tone)
        box = (
            x + (px - half) * tall,
            y - (py + rise) * tall,
            x + (px + half) * tall,
            y - (py - 0.02) * tall,
        )
        canvas.draw.rounded_rectangle(box, radius=half * tall, fill=tone)
        for rib in (-0.45, 0.1):
            line = (
                x + (px + rib * half) * tall,
                y - (py + rise - half) * tall,
                x + (px + rib * half) * tall,
                y - (py + half) * tall,
            )
            canvas.draw.line(line, fill=bright, width=max(1, round(tall * 0.012)))
