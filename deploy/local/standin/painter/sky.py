"""The upper half: stars, sun or moon, clouds, rainbow and aurora."""

import math

from PIL import Image, ImageDraw, ImageFilter

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.palette import Palette, mix
from deploy.local.standin.painter.scene import Scene


def paint_sky(canvas: Canvas, scene: Scene, palette: Palette) -> tuple[float, float]:
    """Paints all that is far up and returns where the sun or the moon stands."""
    canvas.fill_sky(palette.sky)
    if scene.time == "night" and scene.weather not in ("storm", "rain"):
        _stars(canvas, palette, 150 if scene.weather == "clear" else 80)
    if "aurora" in scene.extras:
        _aurora(canvas)
    lamp = _lamp(canvas, scene, palette)
    if "rainbow" in scene.extras:
        _rainbow(canvas)
    cloud_count = {"clear": 3, "snowfall": 4, "cloudy": 7, "rain": 9, "storm": 10, "fog": 4}
    for index in range(cloud_count[scene.weather] if scene.setting != "space" else 0):
        _cloud(canvas, palette, index, heavy=scene.weather in ("storm", "rain"))
    return lamp


def _stars(canvas: Canvas, palette: Palette, count: int) -> None:
    for _ in range(count):
        x, y = canvas.rng.random() * canvas.width, canvas.rng.random() ** 1.4 * canvas.horizon
        brightness = canvas.rng.uniform(0.25, 1.0)
        radius = canvas.unit * canvas.rng.uniform(0.0008, 0.0026)
        canvas.disc((x, y), radius, mix(canvas.sky_at(y), palette.light, brightness))


def _lamp(canvas: Canvas, scene: Scene, palette: Palette) -> tuple[float, float]:
    side = canvas.rng.choice((0.3, 0.7)) + canvas.rng.uniform(-0.06, 0.06)
    height = {"sunset": 0.2, "dawn": 0.3, "day": 0.66, "night": 0.7}[scene.time]
    x, y = canvas.width * side, canvas.horizon * (1 - height)
    if scene.weather in ("storm", "rain"):
        canvas.glow((x, y), canvas.unit * 0.6, palette.sky[-1], 0.5)
        return x, y
    radius = canvas.unit * (0.095 if scene.time in ("sunset", "dawn") else 0.062)
    for reach, strength in ((9, 0.35), (4.5, 0.4), (2.2, 0.5)):
        canvas.glow((x, y), radius * reach, mix(palette.light, palette.sky[-1], 0.35), strength)
    canvas.disc((x, y), radius, palette.light)
    if scene.time == "night":
        for dx, dy, share in ((-0.35, -0.2, 0.26), (0.3, 0.25, 0.2), (0.15, -0.45, 0.13)):
            crater = mix(palette.light, palette.sky[2], 0.22)
            canvas.disc((x + dx * radius, y + dy * radius), radius * share, crater)
    return x, y


def _cloud(canvas: Canvas, palette: Palette, index: int, *, heavy: bool) -> None:
    rng = canvas.rng
    length = canvas.unit * rng.uniform(0.28, 0.6) * (1.7 if heavy else 1.0)
    x = canvas.width * rng.uniform(-0.1, 1.0)
    y = canvas.horizon * (rng.uniform(0.0, 0.45) if heavy else rng.uniform(0.12, 0.72))
    backdrop = canvas.sky_at(y)
    body = (
        mix(palette.ink, backdrop, 0.45 + 0.04 * index)
        if heavy
        else mix(palette.light, palette.sky[-1], palette.inking)
    )
    fill = mix(backdrop, body, 0.85 if heavy else rng.uniform(0.28, 0.55))
    lower = mix(fill, backdrop, 0.25 if heavy else 0.75)
    thick = length * 0.085
    bars = [(0.0, 0.0, 1.0), (0.16, -1.05, 0.56), (0.3, 1.05, 0.6), (0.34, -2.1, 0.26)]
    puffs = [(0.3, -1.3, 1.7), (0.52, -1.7, 2.2), (0.72, -1.0, 1.4)]

    def cut(pen: ImageDraw.ImageDraw, dx: float, dy: float) -> None:
        for start, rise, share in bars:
            left, top = x + start * length - dx, y + rise * thick - dy
            box = (left, top, left + share * length, top + thick * 1.1)
            pen.rounded_rectangle(box, radius=thick * 0.55, fill=255)
        for place, rise, size in puffs if index % 2 else ():
            px, py, radius = x + place * length - dx, y + rise * thick - dy, size * thick
            pen.ellipse((px - radius, py - radius, px + radius, py + radius * 0.95), fill=255)

    canvas.stencil((x, y - thick * 5, x + length * 1.1, y + thick * 2.4), cut, fill, lower)


def _aurora(canvas: Canvas) -> None:
    small = Image.new("L", (160, 90))
    pen, phase = ImageDraw.Draw(small), canvas.rng.uniform(0, 6)
    for column in range(160):
        base = 46 + 12 * math.sin(column / 19 + phase) + 6 * math.sin(column / 7)
        reach = 26 + 12 * math.sin(column / 5 + phase)
        for step in range(12):
            top = base - reach * step / 12
            pen.line((column, top, column, top - reach / 12), fill=225 - 18 * step)
    mask = small.filter(ImageFilter.GaussianBlur(2.2))
    size = (canvas.width, round(canvas.horizon))
    canvas.image.paste((92, 235, 178), (0, 0), mask.resize(size, Image.Resampling.BICUBIC))


def _rainbow(canvas: Canvas) -> None:
    stripes = ((226, 78, 78), (240, 150, 70), (246, 214, 100), (104, 190, 120), (84, 140, 214))
    x, y, radius = canvas.width * 0.5, canvas.horizon * 1.15, canvas.unit * 0.85
    for index, stripe in enumerate(stripes):
        reach = radius - index * canvas.unit * 0.022
        box = (x - reach, y - reach, x + reach, y + reach)
        tone = mix(canvas.sky_at(y - reach * 0.8), stripe, 0.55)
        canvas.draw.arc(box, 180, 360, fill=tone, width=max(1, round(canvas.unit * 0.023)))
