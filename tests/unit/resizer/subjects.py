"""The shapes of subjects, as masks of a given height."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw


def _ball(random: Random, height: int) -> Image.Image:
    shape = Image.new("L", (height, height))
    ImageDraw.Draw(shape).ellipse((0, 0, height - 1, height - 1), fill=255)
    return shape


def _figure(random: Random, height: int) -> Image.Image:
    width, head = max(8, round(height * 0.36)), round(height * 0.22)
    shape = Image.new("L", (width, height))
    draw, middle = ImageDraw.Draw(shape), width // 2
    draw.ellipse((middle - head // 2, 0, middle + head // 2, head), fill=255)
    draw.rounded_rectangle((0, round(head * 1.1), width - 1, height - 1), width // 3, fill=255)
    return shape


def _tower(random: Random, height: int) -> Image.Image:
    width = max(6, round(height * 0.2))
    shape = Image.new("L", (width, height))
    corners = [(width * 0.3, 0), (width * 0.7, 0), (width - 1, height - 1), (0, height - 1)]
    ImageDraw.Draw(shape).polygon(corners, fill=255)
    return shape


def _car(random: Random, height: int) -> Image.Image:
    high = max(8, height // 2)
    shape = Image.new("L", (round(high * 2.2), high))
    draw, wide = ImageDraw.Draw(shape), shape.width
    draw.rounded_rectangle((0, high * 0.4, wide - 1, high * 0.8), high // 8, fill=255)
    draw.rounded_rectangle((wide * 0.2, 0, wide * 0.75, high * 0.6), high // 5, fill=255)
    for x in (0.15, 0.65):
        draw.ellipse((wide * x, high * 0.6, wide * x + high * 0.4, high - 1), fill=255)
    return shape


def _star(random: Random, height: int) -> Image.Image:
    corners = [(0.5, 0), (0.62, 0.36), (1, 0.38), (0.7, 0.6), (0.81, 0.98), (0.5, 0.75)]
    corners += [(1 - x, y) for x, y in reversed(corners[1:-1])]
    shape = Image.new("L", (height, height))
    ImageDraw.Draw(shape).polygon([(x * height, y * height) for x, y in corners], fill=255)
    return shape


SUBJECTS: dict[str, Callable[[Random, int], Image.Image]] = {
    "a ball": _ball,
    "a figure": _figure,
    "a tower": _tower,
    "a car": _car,
    "a star": _star,
}
