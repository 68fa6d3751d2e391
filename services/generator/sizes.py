"""Chooses the size of the master, so that the shapes cut from it lose as little as possible."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A width and a height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """Return the area."""
        return self.width * self.height


SQUARE = Shape(width=1024, height=1024)

STANDARD = (SQUARE, Shape(width=1536, height=1024), Shape(width=1024, height=1536))
"""The sizes that every GPT image model takes (openai SDK 3.54, image_generate_params.py)."""

# What a model of free size takes: the same source, and for the bounds on pixels and edges the
# image generation guide at developers.openai.com, "Size and quality options".
_FREE_SIZE = re.compile(r"gpt-image-2($|[-.])")
_STEP = 16
_MAX_RATIO = 3.0
_MAX_EDGE = 3840
_MIN_PIXELS = 655_360
_MAX_PIXELS = 8_294_400


def master_size(targets: Sequence[Shape], model: str, pixel_budget: int) -> Shape:
    """Return the size to ask of `model` for an image that all `targets` are cut from.

    It is the size of least `loss` among those that are no larger than needed to enlarge nothing
    and have at most `pixel_budget` pixels (1024x1024 or more); of equal ones, the smallest. Models
    that are not known to take any size are asked for one of `STANDARD`. No targets means `SQUARE`.
    """
    if not targets:
        return SQUARE
    candidates: Iterator[Shape] = iter(STANDARD)
    if _FREE_SIZE.match(model):
        candidates = _candidates(targets, min(pixel_budget, _MAX_PIXELS))
    return min(candidates, key=lambda size: (loss(size, targets), size.pixels, size.width))


def loss(master: Shape, targets: Sequence[Shape]) -> float:
    """Return what cutting `targets` from `master` loses, from 0 (nothing) to 2, on average.

    A rendition is scaled to cover its shape and cropped. It loses the part of the master that is
    cropped away, and, if it had to be enlarged, the part of its own pixels that had to be made up.
    """
    total = 0.0
    for target in targets:
        scale = max(target.width / master.width, target.height / master.height)
        cropped_away = 1 - target.pixels / (scale * scale * master.pixels)
        made_up = max(0.0, 1 - 1 / (scale * scale))
        total += cropped_away + made_up
    return round(total / len(targets), 9)  # equal losses must compare equal


def _candidates(targets: Sequence[Shape], budget: int) -> Iterator[Shape]:
    """Yield the allowed sizes around each ratio at which the loss can be least, each size once.

    For a fixed area both losses of one target are pieces of `1 - a·r` and `1 - b/r` in the ratio
    r: concave, so the least sum lies where two pieces meet. That is at a target's own ratio, or
    where the budget just allows its width or height unenlarged.
    """
    ratios = {1.0, _MAX_RATIO, 1 / _MAX_RATIO}
    for target in targets:
        ratios.add(target.width / target.height)
        ratios.add(target.width**2 / budget)
        ratios.add(budget / target.height**2)
    sizes = {SQUARE}
    for ratio in ratios:
        if 1 / _MAX_RATIO <= ratio <= _MAX_RATIO:
            sizes.update(_around(ratio, targets, budget))
    yield from (size for size in sizes if _allowed(size, budget))


def _around(ratio: float, targets: Sequence[Shape], budget: int) -> Iterator[Shape]:
    """Yield the four sizes on the model's grid next to the smallest one that enlarges nothing."""
    needed = max(max(target.width, target.height * ratio) for target in targets)
    width = min(needed, math.sqrt(budget * ratio), _MAX_EDGE, _MAX_EDGE * ratio)
    width = max(width, math.sqrt(_MIN_PIXELS * ratio))
    edges = (_grid(width), _grid(width / ratio))
    yield from (Shape(width=across, height=down) for across, down in product(*edges))


def _grid(length: float) -> tuple[int, int]:
    return math.floor(length / _STEP) * _STEP, math.ceil(length / _STEP) * _STEP


def _allowed(size: Shape, budget: int) -> bool:
    longer, shorter = max(size.width, size.height), min(size.width, size.height)
    return (
        _MIN_PIXELS <= size.pixels <= budget
        and longer <= _MAX_EDGE
        and longer <= _MAX_RATIO * shorter
    )
