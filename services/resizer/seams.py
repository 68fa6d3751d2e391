"""Finds what a straight cut through a picture would go through."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from services.resizer.saliency import Floats

_REACH = 6
"""So many cells around what matters may belong to it: the faint ends of things, such as a mast."""

_PLAIN = 128
"""From this step between two neighbours on, in levels of a channel, a larger one is no plainer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seams:
    """How plainly a cut along each row, and along each column, goes through a thing: 0 to 1."""

    rows: Floats
    columns: Floats


NO_SEAMS = Seams(rows=np.zeros(0), columns=np.zeros(0))
"""Those of a picture of which nothing is known."""


def seams(small: Image.Image, heat: Floats) -> Seams:
    """Return the seams of a picture; `heat` has its shape and says what matters in it."""
    near = _around(heat)
    levels = np.asarray(small, dtype=np.float64)
    return Seams(rows=_crossings(levels, near), columns=_crossings(levels.swapaxes(0, 1), near.T))


def _around(heat: Floats) -> Floats:
    """Return how near each cell is to what matters: 1 in the midst of it."""
    near = np.pad(heat / (heat.max() or 1.0), _REACH)
    for axis in (0, 1):  # the most of a square is that of its rows' mosts
        near = sliding_window_view(near, 2 * _REACH + 1, axis).max(axis=-1)
    return near


def _crossings(levels: Floats, near: Floats) -> Floats:
    steps = np.abs(np.diff(levels, axis=1)).max(axis=2) / _PLAIN
    return np.asarray((steps.clip(0, 1) * near[:, 1:]).max(axis=1, initial=0.0))
