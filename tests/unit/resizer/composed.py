"""Pictures whose subject is known, because the test has put it there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from services.resizer.crop import Box, Size
from tests.unit.resizer.grounds import GROUNDS, Colour
from tests.unit.resizer.subjects import SUBJECTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A picture, what it is made of, and the box around its subject.

    `second` is the same picture with the box around another subject, where there is one.
    """

    name: str
    image: Image.Image
    subject: Box
    second: "Composed | None" = None


def compositions(seed: int, count: int) -> Iterator[Composed]:
    """Yield `count` pictures, always the same ones: every background with every subject first."""
    random = Random(seed)  # noqa: S311
    pairs = [(ground, subject) for ground in GROUNDS for subject in SUBJECTS]
    random.shuffle(pairs)
    for number in range(count):
        ground, subject = pairs[number % len(pairs)]
        yield compose(random, ground, subject)


def compose(random: Random, ground: str, subject: str) -> Composed:
    """Return one picture: a background, up to two small distractors and the subject."""
    size = random.choice([(480, 272), (384, 256), (320, 320), (272, 408), (256, 448)])
    back = _colour(random)
    front = _unlike(random, back)
    image = GROUNDS[ground](random, size, back)
    for _ in range(random.randint(0, 2)):
        _distract(random, image)
    shape = SUBJECTS[subject](random, _height(random, size))
    x = random.randint(0, max(0, size[0] - shape.width))
    y = random.randint(0, max(0, size[1] - shape.height))
    paint = _texture(random, shape.size, front)
    image.paste(paint, (x, y), shape)
    left, upper, right, lower = shape.getbbox() or (0, 0, *shape.size)
    box = Box(x=x + left, y=y + upper, width=right - left, height=lower - upper)
    return Composed(name=f"{subject} on {ground}", image=image, subject=box)


def pairs(seed: int, count: int) -> Iterator[Composed]:
    """Yield `count` pictures of two subjects that do not touch, always the same ones."""
    random = Random(seed)  # noqa: S311
    grounds, subjects = list(GROUNDS), list(SUBJECTS)
    found = 0
    while found < count:
        picture = compose(random, random.choice(grounds), random.choice(subjects))
        name, second = random.choice(subjects), picture.image.copy()
        shape = SUBJECTS[name](random, picture.subject.height)
        if shape.width >= second.width or shape.height >= second.height:
            continue
        x = random.randint(0, second.width - shape.width)
        y = random.randint(0, second.height - shape.height)
        box = Box(x=x, y=y, width=shape.width, height=shape.height)
        if _touch(box, picture.subject):
            continue
        second.paste(_texture(random, shape.size, _colour(random)), (x, y), shape)
        other = Composed(name=name, image=second, subject=box)
        yield replace(picture, image=second, second=other)
        found += 1


def both_fit(picture: Composed, box: Box) -> bool:
    """Return whether a box of this size could show both subjects."""
    if picture.second is None:
        return False
    one, other = picture.subject.edges, picture.second.subject.edges
    across = max(one[2], other[2]) - min(one[0], other[0])
    down = max(one[3], other[3]) - min(one[1], other[1])
    return across <= box.width and down <= box.height


def _touch(one: Box, other: Box) -> bool:
    apart = (
        one.edges[2] <= other.x
        or other.edges[2] <= one.x
        or one.edges[3] <= other.y
        or other.edges[3] <= one.y
    )
    return not apart


def kept(picture: Composed, box: Box) -> float:
    """Return the share of the subject that `box` shows."""
    one, other = picture.subject.edges, box.edges
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    whole = picture.subject.width * picture.subject.height
    return max(0, across) * max(0, down) / whole


def head_kept(picture: Composed, box: Box) -> float:
    """Return the share of the subject's head, its upper fifth, that `box` shows."""
    one = picture.subject
    head = Box(x=one.x, y=one.y, width=one.width, height=max(1, round(one.height / 5)))
    return kept(replace(picture, subject=head), box)


def possible(picture: Composed, box: Box) -> float:
    """Return the largest share that any box of the size of `box` can show."""
    across = min(1.0, box.width / picture.subject.width)
    down = min(1.0, box.height / picture.subject.height)
    return across * down


def size_of(image: Image.Image) -> Size:
    """Return the size of a picture."""
    return Size(width=image.width, height=image.height)


def _height(random: Random, size: tuple[int, int]) -> int:
    return round(min(size) * random.uniform(0.25, 0.75))


def _distract(random: Random, image: Image.Image) -> None:
    """Something pale and small that is not the subject, like a cloud or a lamp."""
    side = round(min(image.size) * random.uniform(0.05, 0.12))
    spot = Image.new("L", (2 * side, side))
    ImageDraw.Draw(spot).ellipse((0, 0, 2 * side - 1, side - 1), fill=random.randint(40, 90))
    spot = spot.filter(ImageFilter.GaussianBlur(side / 6))
    place = random.randint(0, image.width - 2 * side), random.randint(0, image.height - side)
    image.paste(_colour(random), place, spot)


def _texture(random: Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    """Light from above, and now and then bands."""
    flat = Image.new("RGB", size, colour)
    shade = Image.linear_gradient("L").resize(size).point(lambda value: value // 3)
    flat = ImageChops.subtract(flat, Image.merge("RGB", (shade, shade, shade)))
    if random.random() < 0.4:
        draw, other = ImageDraw.Draw(flat), _colour(random)
        for y in range(0, size[1], max(4, size[1] // 5)):
            draw.rectangle((0, y, size[0], y + max(2, size[1] // 10)), fill=other)
    return flat


def _colour(random: Random) -> Colour:
    return random.randint(20, 235), random.randint(20, 235), random.randint(20, 235)


def _unlike(random: Random, colour: Colour) -> Colour:
    """A colour that an eye tells from `colour` at a glance."""
    while True:
        other = _colour(random)
        if sum(abs(a - b) for a, b in zip(colour, other, strict=True)) > 180:
            return other
