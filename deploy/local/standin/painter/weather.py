"""What falls or drifts in front of everything: rain, snow, fog, lightning, birds."""

import math

from PIL import Image, ImageDraw

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.palette import Palette, mix
from deploy.local.standin.painter.scene import Scene


def paint_lightning(canvas: Canvas, palette: Palette) -> None:
    """One forked bolt from the clouds to the horizon."""
    x, y = canvas.width * canvas.rng.uniform(0.15, 0.32), canvas.horizon * 0.12
    canvas.glow((x, canvas.horizon * 0.4), canvas.unit * 0.55, palette.light, 0.55)
    points = [(x, y)]
    while y < canvas.horizon * 0.98:
        x += canvas.unit * canvas.rng.uniform(-0.05, 0.055)
        y += canvas.unit * canvas.rng.uniform(0.03, 0.07)
        points.append((x, min(y, canvas.horizon)))
    width = canvas.unit * 0.006
    canvas.draw.line(points, fill=palette.light, width=max(2, round(width)), joint="curve")
    fork = points[len(points) // 2]
    twig = [
        fork,
        (fork[0] - canvas.unit * 0.06, fork[1] + canvas.unit * 0.05),
        (fork[0] - canvas.unit * 0.05, fork[1] + canvas.unit * 0.12),
    ]
    canvas.draw.line(twig, fill=palette.light, width=max(1, round(width * 0.6)), joint="curve")


def paint_weather(canvas: Canvas, scene: Scene, palette: Palette) -> None:
    """Lays the weather over the finished scene."""
    if scene.weather in ("rain", "storm"):
        _rain(canvas, palette)
    if scene.weather == "snowfall":
        _snow(canvas)
    if scene.weather == "fog":
        _fog(canvas, palette)
    outdoors = scene.setting not in ("space", "abstract") and scene.time != "night"
    if "birds" in scene.extras or (outdoors and scene.weather in ("clear", "cloudy")):
        _birds(canvas, palette)


def _rain(canvas: Canvas, palette: Palette) -> None:
    mask = Image.new("L", (canvas.width // 2, canvas.height // 2))
    pen, unit = ImageDraw.Draw(mask), canvas.unit / 2
    for _ in range(260):
        x = canvas.rng.uniform(0, 1.2) * mask.width
        y = canvas.rng.uniform(-0.1, 1) * mask.height
        length = unit * canvas.rng.uniform(0.02, 0.055)
        pen.line(
            (x, y, x - length * 0.35, y + length),
            fill=canvas.rng.randint(40, 105),
            width=max(1, round(unit * 0.002)),
        )
    canvas.image.paste(palette.light, (0, 0), mask.resize((canvas.width, canvas.height)))


def _snow(canvas: Canvas) -> None:
    for _ in range(230):
        x, y = canvas.rng.random() * canvas.width, canvas.rng.random() * canvas.height
        canvas.disc((x, y), canvas.unit * canvas.rng.uniform(0.0015, 0.006), (250, 252, 255))


def _fog(canvas: Canvas, palette: Palette) -> None:
    strip = Image.new("L", (1, 128))
    for row in range(128):
        share = row / 127
        wave = math.sin(share * 19 + canvas.rng.uniform(0, 0.2))
        strip.putpixel((0, row), round(max(0.0, 1 - abs(share - 0.62) * 2.6) * (118 + 52 * wave)))
    size = (canvas.width, canvas.height)
    canvas.image.paste(palette.haze, (0, 0), strip.resize(size, Image.Resampling.BICUBIC))


def _birds(canvas: Canvas, palette: Palette) -> None:
    x, y = (
        canvas.width * canvas.rng.uniform(0.2, 0.7),
        canvas.horizon * canvas.rng.uniform(0.3, 0.5),
    )
    for index in range(6):
        size = canvas.unit * canvas.rng.uniform(0.011, 0.02)
        px = x + canvas.unit * (0.05 * index + canvas.rng.uniform(-0.02, 0.02))
        py = y + canvas.unit * (0.02 * abs(index - 2) + canvas.rng.uniform(-0.015, 0.015))
        tone = mix(palette.ink, canvas.sky_at(py), 0.25)
        for side in (-1, 1):
            wing = [(0.0, 0.0), (side * 0.55, 0.42), (side * 1.25, 0.2), (side * 0.6, 0.22)]
            canvas.polygon((px, py), size, wing, tone)
