"""Finds the things in a map of what matters: where each begins and ends along one side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.resizer.saliency import Floats

_FAINT = 0.14
"""Below this share of the maximum, a thing has ended: its ends are faint."""

_GAP = 0.5
"""Stretches closer than this share of the shorter one are one thing: the bands of a tower."""

_LEAST = 0.05
"""A stretch with less than this share of everything that matters is not a thing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """A stretch from `start` to `end`, 0 to 1 of a side; `weight` is its share of what matters."""

    start: float
    end: float
    weight: float

    @property
    def length(self) -> float:
        """How long it is."""
        return self.end - self.start


def things(heat: Floats) -> Sequence[Thing]:
    """Return the things along the columns of `heat`, a map as `look_at` returns it."""
    columns = heat.sum(axis=0)
    peaks = heat.max(axis=0)  # its ends may be narrow too: a spire, the head of a horse
    warm = np.concatenate([[0], peaks > _FAINT * peaks.max(), [0]]).astype(np.int8)
    steps = np.flatnonzero(np.diff(warm))
    joined: list[tuple[int, int]] = []
    for start, end in zip(steps[::2], steps[1::2], strict=True):
        if joined and _are_one(joined[-1], (start, end)):
            joined[-1] = joined[-1][0], int(end)
        else:
            joined.append((int(start), int(end)))
    count, total = len(columns), columns.sum()
    found = [
        Thing(start=start / count, end=end / count, weight=float(columns[start:end].sum() / total))
        for start, end in joined
    ]
    return [thing for thing in found if thing.weight >= _LEAST]


def _are_one(first: tuple[int, int], second: tuple[int, int]) -> bool:
    shorter = min(first[1] - first[0], second[1] - second[0])
    return second[0] - first[1] <= _GAP * shorter
