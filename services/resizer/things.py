"""Finds the things in a map of what matters: where each begins and ends along one side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.resizer.saliency import Floats

_FAINT = 0.14
"""Below this share of the maximum, a thing has ended: its ends are faint."""

_GAP = 0.5
"""Stretches closer than this share of the shorter one are one thing: the bands of a tower."""

_IN_LINE = 0.6
"""They must share so much of the narrower one's width: a moon beside a tower is no part of it."""

_LEAST = 0.05
"""A stretch with less than this share of everything that matters is not a thing."""

Mask = NDArray[np.bool_]

_Cells = tuple[int, int, int, int]
"""The first row and column of a box, and those after its last ones."""


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


def figures(heat: Floats) -> Sequence[Thing]:
    """Return where each figure is along the columns; others may stand beside it.

    Patches that lie in a row along the columns are one figure where the gap between them is small.
    """
    columns, total, peak = heat.shape[1], heat.sum(), heat.max()
    found = []
    for top, left, bottom, right in _joined(_patches(heat > _FAINT * peak)) if total else ():
        weight = float(heat[top:bottom, left:right].sum() / total)
        if weight >= _LEAST:
            found.append(Thing(start=left / columns, end=right / columns, weight=weight))
    return found


def _patches(warm: Mask) -> list[_Cells]:
    """Return the boxes around what hangs together."""
    found: list[_Cells] = []
    for row, start, end in _runs(warm):
        whole = (row, start, row + 1, end)
        for one in [one for one in found if one[2] >= row and one[1] < end and start < one[3]]:
            found.remove(one)
            whole = _around(whole, one)
        found.append(whole)
    return found


def _runs(warm: Mask) -> Iterator[tuple[int, int, int]]:
    """Yield the row, start and end of each stretch of warm cells, row by row."""
    framed = np.pad(warm, ((0, 0), (1, 1))).astype(np.int8)
    rows, columns = (found.tolist() for found in np.nonzero(np.diff(framed, axis=1)))
    yield from zip(rows[::2], columns[::2], columns[1::2], strict=True)


def _joined(patches: Sequence[_Cells]) -> list[_Cells]:
    """Return the boxes of figures: the bands of a tower are one."""
    found: list[_Cells] = []
    for patch in sorted(patches, key=lambda one: one[1]):
        whole = patch
        for one in [one for one in found if _in_a_row(one, whole)]:
            found.remove(one)
            whole = _around(whole, one)
        found.append(whole)
    return found


def _in_a_row(one: _Cells, other: _Cells) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    in_line = shared >= _IN_LINE * min(one[2] - one[0], other[2] - other[0])
    return in_line and _are_one((one[1], one[3]), (other[1], other[3]))


def _around(one: _Cells, other: _Cells) -> _Cells:
    top, left = min(one[0], other[0]), min(one[1], other[1])
    return top, left, max(one[2], other[2]), max(one[3], other[3])
