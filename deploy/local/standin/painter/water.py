"""The sea and the water in front of a town."""

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.palette import Palette, mix
from deploy.local.standin.painter.ridges import ridge
from deploy.local.standin.painter.scene import Scene


def paint_sea(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    """The open sea, calm or rough, with the light of the lamp on it."""
    from_top = mix(palette.water, palette.haze, 0.55)
    box = [
        (0.0, canvas.horizon),
        (canvas.width, canvas.horizon),
        (canvas.width, canvas.height),
        (0.0, canvas.height),
    ]
    canvas.shade(box, from_top, mix(palette.water, palette.ink, 0.35))
    if scene.weather not in ("storm", "rain"):
        _glitter(canvas, palette, lamp[0])
    for layer in range(1, 4):
        _wave(canvas, scene, palette, layer / 5)
    if scene.subject != "lighthouse":
        paint_front(canvas, scene, palette)


def paint_front(canvas: Canvas, scene: Scene, palette: Palette) -> None:
    """The nearest waves, which wash around the foot of what stands in the sea."""
    for layer in (4, 5):
        _wave(canvas, scene, palette, layer / 5)


def _wave(canvas: Canvas, scene: Scene, palette: Palette, nearness: float) -> None:
    rough = 2.6 if scene.weather in ("storm", "rain") else 1.0
    base = canvas.horizon + (canvas.height - canvas.horizon) * nearness**1.5 * 0.92
    tone = mix(mix(palette.water, palette.haze, 0.4 * (1 - nearness)), palette.ink, 0.35 * nearness)
    rise = canvas.unit * 0.0085 * rough * (0.4 + nearness)
    points = ridge(canvas, base, rise, 9 - 5 * nearness, 0.35)
    canvas.shade(points, tone, mix(tone, palette.ink, 0.25))
    crest = mix(tone, palette.light, 0.2)
    canvas.draw.line(points[:-2], fill=crest, width=max(1, round(canvas.unit * 0.003)))


def _glitter(canvas: Canvas, palette: Palette, x: float) -> None:
    below = canvas.height - canvas.horizon
    for step in range(22):
        depth = (step + 1) / 22
        y = canvas.horizon + below * 0.55 * depth**1.4
        half = canvas.unit * (0.02 + 0.12 * depth) * canvas.rng.uniform(0.5, 1.1)
        thick = canvas.unit * (0.0015 + 0.004 * depth)
        shift = canvas.rng.uniform(-0.3, 0.3) * half
        tone = mix(palette.light, palette.water, 0.35 + 0.35 * depth)
        box = (x - half + shift, y - thick, x + half + shift, y + thick)
        canvas.draw.rounded_rectangle(box, radius=thick, fill=tone)


def paint_quay(canvas: Canvas, palette: Palette) -> None:
    """Dark water with the lights of a town on it."""
    shore = canvas.horizon + (canvas.height - canvas.horizon) * 0.42
    box = [(0.0, shore), (canvas.width, shore), (canvas.width, canvas.height), (0.0, canvas.height)]
    canvas.shade(box, mix(palette.water, palette.ink, 0.25), mix(palette.ink, palette.water, 0.2))
    for _ in range(70):
        depth = canvas.rng.random()
        y = shore + (canvas.height - shore) * depth
        x, half = canvas.rng.random() * canvas.width, canvas.unit * canvas.rng.uniform(0.01, 0.06)
        thick = canvas.unit * (0.001 + 0.0025 * depth)
        tone = mix(palette.water, palette.light, canvas.rng.uniform(0.12, 0.5))
        canvas.draw.rounded_rectangle((x - half, y - thick, x + half, y + thick), thick, fill=tone)
