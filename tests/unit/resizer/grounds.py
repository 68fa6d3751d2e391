"""Backgrounds that hold nothing that matters."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]


def _flat(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    return Image.new("RGB", size, colour)


def _gradient(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    ramp = Image.linear_gradient("L").rotate(random.choice([0, 90, 180, 270])).resize(size)
    return Image.composite(_flat(random, size, colour), _flat(random, size, _near(colour)), ramp)


def _vignette(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    ramp = Image.radial_gradient("L").resize(size)
    return Image.composite(_flat(random, size, _near(colour)), _flat(random, size, colour), ramp)


def _grain(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    return _with_noise(random, _flat(random, size, colour), size, 40)


def _clouds(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    small = (max(2, size[0] // 24), max(2, size[1] // 24))
    return _with_noise(random, _flat(random, size, colour), small, 60)


def _stripes(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    image, other = _flat(random, size, colour), _near(colour)
    draw, step = ImageDraw.Draw(image), random.randint(10, 24)
    for x in range(0, size[0], step):
        draw.rectangle((x, 0, x + step // 2, size[1]), fill=other)
    return image


def _bricks(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    image, mortar = _flat(random, size, colour), _near(colour)
    draw, high = ImageDraw.Draw(image), random.randint(10, 18)
    for row, y in enumerate(range(0, size[1], high)):
        draw.line((0, y, size[0], y), fill=mortar, width=2)
        for x in range(row % 2 * high, size[0], 2 * high):
            draw.line((x, y, x, y + high), fill=mortar, width=2)
    return image


def _horizon(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    image = _gradient(random, size, colour)
    ground = _with_noise(random, _flat(random, size, _near(colour)), size, 25)
    image.paste(ground, (0, round(size[1] * random.uniform(0.5, 0.8))))
    return image


GROUNDS: dict[str, Callable[[Random, tuple[int, int], Colour], Image.Image]] = {
    "one colour": _flat,
    "a gradient": _gradient,
    "a vignette": _vignette,
    "grain": _grain,
    "clouds": _clouds,
    "stripes": _stripes,
    "bricks": _bricks,
    "a horizon": _horizon,
}


def _with_noise(
    random: Random, image: Image.Image, grid: tuple[int, int], spread: int
) -> Image.Image:
    noise = Image.frombytes("L", grid, random.randbytes(grid[0] * grid[1]))
    noise = noise.point(lambda value: value * spread // 255).resize(image.size)
    return ImageChops.add(image, Image.merge("RGB", (noise, noise, noise)), offset=-spread // 2)


def _near(colour: Colour) -> Colour:
    red, green, blue = (value + 30 if value < 128 else value - 30 for value in colour)
    return red, green, blue
