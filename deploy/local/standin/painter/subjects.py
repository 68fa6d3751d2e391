"""The main subject of the picture, one function each."""

import math
from collections.abc import Callable

from deploy.local.standin.painter.canvas import Canvas, Point
from deploy.local.standin.painter.lighthouse import paint_lighthouse
from deploy.local.standin.painter.palette import Color, Palette, mix
from deploy.local.standin.painter.scene import Scene
from deploy.local.standin.painter.structures import (
    paint_cabin,
    paint_castle,
    paint_tower,
)
from deploy.local.standin.painter.trees import paint_cactus, paint_palm, paint_tree
from deploy.local.standin.painter.vehicles import paint_balloon, paint_boat, paint_rocket

WHITE = (250, 247, 240)


def paint_subject(canvas: Canvas, scene: Scene, palette: Palette, lamp: Point) -> None:
    """Puts the subject opposite the sun, near enough to the middle to survive crops."""
    place = 0.6 if lamp[0] < canvas.width / 2 else 0.4
    depth, tall, paint = SUBJECTS[scene.subject]
    foot = (canvas.width * place, canvas.horizon + (canvas.height - canvas.horizon) * depth)
    paint(canvas, foot, canvas.unit * tall, palette)


def _planet(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    x, y = foot
    radius, body = tall * 0.5, canvas.rng.choice(((222, 142, 96), (126, 160, 204), (196, 120, 160)))
    canvas.glow((x, y), tall * 1.1, mix(body, palette.light, 0.3), 0.5)
    _rings(canvas, (x, y), radius, (180, 360), (mix(body, WHITE, 0.3), mix(body, palette.ink, 0.5)))
    canvas.disc((x, y), radius, body)
    for place, thick in ((-0.5, 0.1), (-0.15, 0.16), (0.3, 0.12), (0.62, 0.07)):
        half = math.sqrt(1 - place * place) * radius * 0.97
        upper, lower = y + (place - thick / 2) * radius, y + (place + thick / 2) * radius
        box = (x - half, upper, x + half, lower)
        canvas.draw.rounded_rectangle(box, thick * radius / 2, fill=mix(body, WHITE, 0.22))
    _rings(canvas, (x, y), radius, (0, 180), (mix(body, WHITE, 0.6), mix(body, palette.ink, 0.25)))


def _rings(
    canvas: Canvas,
    center: Point,
    radius: float,
    angles: tuple[int, int],
    tones: tuple[Color, Color],
) -> None:
    (x, y), thick = center, max(2, round(radius * 0.075))
    for reach, tone in zip((1.8, 1.64), tones, strict=True):
        wide, tall = reach * radius, reach * radius * 0.23
        box = (x - wide, y - tall, x + wide, y + tall)
        canvas.draw.arc(box, *angles, fill=tone, width=thick)


def _circle(canvas: Canvas, foot: Point, tall: float, palette: Palette) -> None:
    x, y = foot
    rings = (palette.ink, palette.tint, palette.light, palette.water, palette.sky[2], palette.light)
    for index, tone in enumerate(rings):
        canvas.disc((x, y), tall * 0.5 * (1 - index / 6), tone)
    box = (x - tall * 0.5, y - tall * 0.5, x + tall * 0.5, y + tall * 0.5)
    canvas.draw.pieslice(box, 20, 110, fill=mix(palette.tint, palette.ink, 0.35))


Subject = Callable[[Canvas, Point, float, Palette], None]
# how far below the horizon it stands (share of the ground), how tall it is, who paints it
SUBJECTS: dict[str, tuple[float, float, Subject]] = {
    "lighthouse": (0.36, 0.62, paint_lighthouse),
    "boat": (0.34, 0.42, paint_boat),
    "castle": (0.3, 0.44, paint_castle),
    "balloon": (-0.22, 0.42, paint_balloon),
    "rocket": (0.12, 0.62, paint_rocket),
    "cabin": (0.5, 0.34, paint_cabin),
    "palm": (0.4, 0.56, paint_palm),
    "cactus": (0.5, 0.42, paint_cactus),
    "tree": (0.45, 0.6, paint_tree),
    "planet": (-0.75, 0.44, _planet),
    "tower": (0.42, 0.7, paint_tower),
    "circle": (-0.25, 0.66, _circle),
}
