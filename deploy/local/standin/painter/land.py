"""The ground of each setting: ranges, dunes, hills, the sea, a skyline, woods."""

from collections.abc import Callable

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.palette import Color, Palette, mix
from deploy.local.standin.painter.ridges import ridge
from deploy.local.standin.painter.scene import Scene
from deploy.local.standin.painter.town import paint_city
from deploy.local.standin.painter.trees import paint_pine
from deploy.local.standin.painter.water import paint_sea


def paint_land(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    """Paints everything from the horizon down, far things first."""
    GROUNDS[scene.setting](canvas, scene, palette, lamp)


def _peaks(canvas: Canvas, base: float, rise: float, fill: Color, cap: Color | None) -> None:
    count = max(2, round(canvas.width / canvas.unit * 2.2))
    for index in canvas.rng.sample(range(count + 1), count + 1):
        middle = canvas.width * (index + canvas.rng.uniform(-0.25, 0.25)) / count
        tall = rise * canvas.rng.uniform(0.65, 1.1)
        half = tall * canvas.rng.uniform(0.75, 1.0)
        top = base - tall
        lit = mix(fill, (255, 255, 255), 0.12)
        foot = base + canvas.unit * 0.1
        canvas.shade(
            [(middle - half, foot), (middle, top), (middle + half, foot)],
            lit,
            mix(lit, canvas.sky_at(base), 0.6),
        )
        crease = middle + half * 0.12
        canvas.shade(
            [
                (middle, top),
                (middle + half, foot),
                (crease + half * 0.2, foot),
                (crease - half * 0.1, top + tall * 0.55),
                (crease, top + tall * 0.3),
            ],
            fill,
            mix(fill, canvas.sky_at(base), 0.5),
        )
        if cap is not None:
            snow = [
                (0.0, 0.0),
                (0.3, -0.3),
                (0.17, -0.25),
                (0.06, -0.37),
                (-0.05, -0.26),
                (-0.16, -0.36),
                (-0.3, -0.3),
            ]
            canvas.polygon((middle, top), tall, [(x * half / tall, y) for x, y in snow], cap)


def _hills(canvas: Canvas, palette: Palette, layers: int, rise: float, waves: float) -> None:
    below = canvas.height - canvas.horizon
    for layer in range(layers):
        nearness = (layer + 0.6) / layers
        base = canvas.horizon + below * (layer / layers) ** 1.3 * 0.95
        tone = palette.land(nearness)
        points = ridge(canvas, base, canvas.unit * rise * (0.5 + nearness), waves, 0.42)
        canvas.shade(points, tone, mix(tone, palette.haze, 0.28 * (1 - nearness) + 0.06))


def _mountains(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    white = mix(palette.light, palette.land(0.2), 0.15)
    _peaks(canvas, canvas.horizon, canvas.unit * 0.46, palette.land(0.26), white)
    _peaks(canvas, canvas.horizon + canvas.unit * 0.04, canvas.unit * 0.27, palette.land(0.5), None)
    _hills(canvas, palette, 3, 0.03, 3.0)


def _snow(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    white = mix(palette.light, palette.haze, 0.1)
    rock = mix(palette.ink, palette.haze, 0.55)
    _peaks(canvas, canvas.horizon, canvas.unit * 0.34, rock, white)
    _wood(canvas, mix(palette.ink, palette.haze, 0.4), canvas.horizon + canvas.unit * 0.03, 0.1)
    _hills(canvas, palette, 3, 0.03, 2.2)


def _forest(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    points = ridge(canvas, canvas.horizon - canvas.unit * 0.12, canvas.unit * 0.06, 2.5, 0.5)
    canvas.shade(points, palette.land(0.1), palette.haze)
    for nearness, tall in ((0.25, 0.16), (0.45, 0.22), (0.65, 0.28)):
        foot = canvas.horizon + canvas.unit * 0.2 * nearness
        _wood(canvas, palette.land(nearness), foot, tall)
    _hills(canvas, palette, 2, 0.02, 2.5)


def _wood(canvas: Canvas, tone: Color, foot: float, tall: float) -> None:
    x = -canvas.unit * 0.05
    while x < canvas.width + canvas.unit * 0.05:
        size = canvas.unit * tall * canvas.rng.uniform(0.65, 1.15)
        paint_pine(canvas, (x, foot + canvas.unit * 0.02), size, tone)
        x += size * canvas.rng.uniform(0.24, 0.42)
    canvas.draw.rectangle((0, foot, canvas.width, canvas.height), fill=tone)


def _meadow(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    canvas.shade(
        ridge(canvas, canvas.horizon - canvas.unit * 0.03, canvas.unit * 0.05, 2.0, 0.5),
        palette.land(0.1),
        palette.haze,
    )
    _hills(canvas, palette, 4, 0.035, 2.4)
    blooms = ((236, 98, 92), (250, 206, 92), (246, 240, 236), (178, 132, 214))
    for _ in range(140 if "flowers" in scene.extras else 50):
        depth = canvas.rng.uniform(0.45, 1.0) ** 0.8
        y = canvas.horizon + (canvas.height - canvas.horizon) * depth
        bloom = mix(canvas.rng.choice(blooms), palette.ink, palette.inking * 0.6)
        canvas.disc((canvas.rng.random() * canvas.width, y), canvas.unit * 0.007 * depth, bloom)


def _desert(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    mesa = [
        (-1.6, 0.0),
        (-1.1, 0.62),
        (-0.5, 0.66),
        (-0.42, 0.95),
        (0.5, 0.95),
        (0.6, 0.5),
        (1.1, 0.46),
        (1.7, 0.0),
    ]
    for place, size in ((0.16, 0.16), (0.86, 0.2)):
        origin = (canvas.width * place, canvas.horizon + canvas.unit * 0.03)
        canvas.polygon(origin, canvas.unit * size, mesa, palette.land(0.22))
    _hills(canvas, palette, 5, 0.045, 1.3)


def _space(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    _hills(canvas, palette, 3, 0.035, 2.0)
    for _ in range(16):
        depth = canvas.rng.uniform(0.3, 1.0)
        x = canvas.rng.random() * canvas.width
        y = canvas.horizon + (canvas.height - canvas.horizon) * depth
        size, tone = canvas.unit * 0.035 * depth, palette.land(depth)
        for scale, share in ((1.0, 0.25), (0.72, 0.55)):
            box = (
                x - size * scale,
                y - size * 0.3 * scale,
                x + size * scale,
                y + size * 0.3 * scale,
            )
            canvas.draw.ellipse(box, fill=mix(tone, palette.ink, share))


def _abstract(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    accents = (palette.tint, palette.water, palette.light, palette.ink, palette.sky[2])
    _hills(canvas, palette, 4, 0.07, 1.6)
    for index in range(9):
        x, y = canvas.rng.random() * canvas.width, canvas.rng.random() * canvas.height
        size = canvas.unit * canvas.rng.uniform(0.03, 0.11)
        tone = accents[index % len(accents)]
        if index % 3 == 0:
            canvas.draw.arc(
                (x - size, y - size, x + size, y + size),
                0,
                360,
                fill=tone,
                width=max(2, round(size * 0.16)),
            )
        elif index % 3 == 1:
            canvas.draw.pieslice(
                (x - size, y - size, x + size, y + size),
                180 * (index % 2),
                180 * (index % 2) + 180,
                fill=tone,
            )
        else:
            canvas.polygon((x, y), size, [(-0.9, -0.6), (0.0, 1.0), (0.9, -0.6)], tone)


Ground = Callable[[Canvas, Scene, Palette, tuple[float, float]], None]
GROUNDS: dict[str, Ground] = {
    "sea": paint_sea,
    "city": paint_city,
    "desert": _desert,
    "snow": _snow,
    "mountains": _mountains,
    "forest": _forest,
    "meadow": _meadow,
    "space": _space,
    "abstract": _abstract,
}
