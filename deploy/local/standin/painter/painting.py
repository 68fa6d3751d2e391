"""Paints the whole picture, step by step, and signs it as a stand-in."""

from random import Random

from PIL import Image, ImageDraw, ImageFont

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.land import paint_land
from deploy.local.standin.painter.palette import choose_palette
from deploy.local.standin.painter.scene import read_scene
from deploy.local.standin.painter.sky import paint_sky
from deploy.local.standin.painter.subjects import paint_subject
from deploy.local.standin.painter.water import paint_front
from deploy.local.standin.painter.weather import paint_lightning, paint_weather

LABEL = "SnapAsset stand-in"
# Drawn larger and scaled down for smooth edges, as far as the canvas stays quick to fill.
CANVAS_PIXELS_MAX = 9_000_000
OVERSAMPLING = {"low": 0.75, "medium": 1.5, "high": 2.0}


def paint(prompt: str, width: int, height: int, quality: str = "high") -> Image.Image:
    """Returns an RGB picture of the prompt, always the same; `quality` sets its sharpness."""
    scene = read_scene(prompt)
    palette = choose_palette(scene)
    scale = OVERSAMPLING.get(quality, OVERSAMPLING["high"])
    scale = min(scale, max(1.0, (CANVAS_PIXELS_MAX / (width * height)) ** 0.5))
    canvas = Canvas(round(width * scale), round(height * scale), Random(scene.seed + 2))  # noqa: S311
    lamp = paint_sky(canvas, scene, palette)
    if scene.weather == "storm":
        paint_lightning(canvas, palette)
    paint_land(canvas, scene, palette, lamp)
    paint_subject(canvas, scene, palette, lamp)
    if scene.subject == "lighthouse":
        paint_front(canvas, scene, palette)
    paint_weather(canvas, scene, palette)
    picture = canvas.image
    if picture.size != (width, height):
        method = Image.Resampling.BOX if scale == 2.0 else Image.Resampling.HAMMING
        picture = picture.resize((width, height), method)
    _sign(picture)
    return picture


def _sign(picture: Image.Image) -> None:
    size = max(11, round(min(picture.size) * 0.017))
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(LABEL)
    pad, margin = size * 0.55, size * 0.9
    width, height = round(right - left + 2 * pad), round(bottom - top + 1.5 * pad)
    x, y = round(picture.width - margin - width), round(picture.height - margin - height)
    veil = Image.new("L", (width, height))
    ImageDraw.Draw(veil).rounded_rectangle((0, 0, veil.width - 1, veil.height - 1), pad, fill=96)
    picture.paste((12, 16, 30), (x, y), veil)
    place = (x + pad - left, y + pad * 0.75 - top)
    ImageDraw.Draw(picture).text(place, LABEL, font=font, fill=(245, 245, 245))
