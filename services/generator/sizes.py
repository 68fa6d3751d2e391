"""Chooses the size of the master, so that the shapes cut from it lose as little as possible."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol


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


class Sizes(Protocol):
    """The sizes that a model paints."""

    def best(self, targets: Sequence[Shape], pixel_budget: int) -> Shape:
        """Return the size to ask for, of an image that all `targets` (one or more) are cut from.

        It is the size of least `loss`; of equal ones, the smallest.
        """
        ...


@dataclass(frozen=True, slots=True)
class ListedSizes:
    """A model that paints these sizes and no others."""

    sizes: tuple[Shape, ...]

    def best(self, targets: Sequence[Shape], pixel_budget: int) -> Shape:
        """See Sizes. All sizes of the list count, whatever the budget."""
        return _least(self.sizes, targets)


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeSizes:
    """A model that paints any size within bounds, with edges in multiples of `step`."""

    step: int
    max_ratio: float
    max_edge: int
    min_pixels: int
    max_pixels: int

    def best(self, targets: Sequence[Shape], pixel_budget: int) -> Shape:
        """See Sizes. No size has more pixels than the budget, or is larger than needed."""
        return _least(self._candidates(targets, min(pixel_budget, self.max_pixels)), targets)

    def _candidates(self, targets: Sequence[Shape], budget: int) -> Iterator[Shape]:
        """Yield the allowed sizes around each ratio at which the loss can be least, each once.

        For a fixed area both losses of one target are pieces of `1 - a·r` and `1 - b/r` in the
        ratio r: concave, so the least sum lies where two pieces meet. That is at a target's own
        ratio, or where the budget just allows its width or height unenlarged.
        """
        ratios = {1.0, self.max_ratio, 1 / self.max_ratio}
        for target in targets:
            ratios.add(target.width / target.height)
            ratios.add(target.width**2 / budget)
            ratios.add(budget / target.height**2)
        sizes = {SQUARE}
        for ratio in ratios:
            if 1 / self.max_ratio <= ratio <= self.max_ratio:
                sizes.update(self._around(ratio, targets, budget))
        yield from (size for size in sizes if self._allowed(size, budget))

    def _around(self, ratio: float, targets: Sequence[Shape], budget: int) -> Iterator[Shape]:
        """Yield the four sizes on the grid next to the smallest one that enlarges nothing."""
        needed = max(max(target.width, target.height * ratio) for target in targets)
        width = min(needed, math.sqrt(budget * ratio), self.max_edge, self.max_edge * ratio)
        width = max(width, math.sqrt(self.min_pixels * ratio))
        edges = (self._grid(width), self._grid(width / ratio))
        yield from (Shape(width=across, height=down) for across, down in product(*edges))

    def _grid(self, length: float) -> tuple[int, int]:
        steps = length / self.step
        return math.floor(steps) * self.step, math.ceil(steps) * self.step

    def _allowed(self, size: Shape, budget: int) -> bool:
        longer, shorter = max(size.width, size.height), min(size.width, size.height)
        return (
            self.min_pixels <= size.pixels <= budget
            and longer <= self.max_edge
            and longer <= self.max_ratio * shorter
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RatioSizes:
    """A model that takes a ratio and chooses the size itself, of about `pixels`."""

    ratios: tuple[str, ...]
    pixels: int

    def best(self, targets: Sequence[Shape], pixel_budget: int) -> Shape:
        """See Sizes. The size is roughly that of the image to come, whatever the budget."""
        return _least(map(self._shape, self.ratios), targets)

    def name(self, size: Shape) -> str:
        """Return the ratio that is nearest to that of `size`."""
        wanted = math.log(size.width / size.height)
        return min(self.ratios, key=lambda ratio: abs(math.log(ratio_of(ratio)) - wanted))

    def _shape(self, ratio: str) -> Shape:
        width = math.sqrt(self.pixels * ratio_of(ratio))
        return Shape(width=round(width), height=round(width / ratio_of(ratio)))


def ratio_of(text: str) -> float:
    """Return the value of a ratio such as 16:9. Raises ValueError for anything else."""
    across, _, down = text.partition(":")
    width, height = float(across), float(down)
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise ValueError(text)
    return width / height


def _least(sizes: Iterable[Shape], targets: Sequence[Shape]) -> Shape:
    return min(sizes, key=lambda size: (loss(size, targets), size.pixels, size.width))


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
