"""Places the box of a rendition around what matters in the master."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.resizer.attention import Attention
from services.resizer.crop import Area, Box, Size, choose_box
from services.resizer.heads import EYES_TO_MOUTH, PARTS, head_things
from services.resizer.saliency import Floats
from services.resizer.things import Thing, figures, things

_HIDDEN = 0.7
"""How much of what lies under a covered area counts as lost: a cover is often translucent."""

_CUT = 0.35
"""The cost of an edge that cuts through the place that matters most."""

_BROKEN = 0.25
"""The cost of cutting a thing that would fit whole, if nothing else mattered."""

_HEADLESS = 0.6
"""The cost of cutting the head of a thing that does not fit, if nothing else mattered."""

_MARGIN = 0.04
"""The strip along an edge, as a share of the box, that should be calm."""

_HEADROOM = 0.01
"""The room above the head of a thing that does not fit, as a share of the box."""

_LEAST_SHOWN, _MISSED = 0.5, 2.0
"""A box should show at least this share of the most that any would, and what it costs not to:
heads are not worth showing next to nothing else."""

_SEAM = 0.05
"""The cost of an edge that goes plainly through a thing, though only through a faint end of it."""

_HEADS_FIRST = 0.3
"""How much more the upper end of what matters counts than its middle, and the lower end less:
where not all of a figure fits, its feet go."""

_BEYOND_THIRDS, _OFF_CENTRE, _OFF_MASTER = 1.0, 0.4, 0.04
"""What it costs to have what matters outside the middle third of the box, off its centre, and to
have the box off the centre of the master, which settles what nothing else does."""

_PLACES = 160
"""How many places are tried: one every 8 pixels on the longest way across 2,048 x 683."""


def frame(seen: Attention, image: Size, target: Size, covered: Sequence[Area] = ()) -> Box:
    """Return the largest box of the target's shape, where it shows most of what matters.

    `covered` are the parts of the rendition that will be hidden. A box that is as large as it can
    be slides in one direction only: along the longer side.
    """
    box, heat, faces = choose_box(image, target), seen.heat, seen.faces
    if not heat.any():
        return box
    if box.width < image.width:
        slide = Slide(
            heat=heat,
            length=box.width / image.width,
            covered=covered,
            found=_heads(faces, upright=False) or things(heat),
            seam=seen.seams.columns,
        )
        x = _best_start(slide) * image.width
        return Box(x=round(x), y=0, width=box.width, height=box.height)
    slide = Slide(
        heat=_heads_first(heat).T,
        length=box.height / image.height,
        covered=[Area(left=a.top, top=a.left, right=a.bottom, bottom=a.right) for a in covered],
        found=_heads(faces, upright=True) or things(heat.T),
        tops=head_things(faces, EYES_TO_MOUTH, upright=True) or figures(heat.T),
        seam=seen.seams.rows,
    )
    return Box(x=0, y=round(_best_start(slide) * image.height), width=box.width, height=box.height)


def _heads(faces: Sequence[Area], *, upright: bool) -> Sequence[Thing]:
    return [thing for part in PARTS for thing in head_things(faces, part, upright=upright)]


def share_shown(heat: Floats, image: Size, box: Box) -> float:
    """Return how much of what matters `box` shows, 0 to 1; 1 where nothing matters more."""
    if not heat.any():
        return 1.0
    left, upper, right, lower = box.edges
    rows = _shares(heat.shape[0], upper / image.height, lower / image.height)
    columns = _shares(heat.shape[1], left / image.width, right / image.width)
    return float(np.clip(rows @ heat @ columns / heat.sum(), 0, 1))


def _shares(count: int, start: float, end: float) -> Floats:
    """Return how much of each of `count` equal parts of 0 to 1 lies between two places."""
    edges = np.clip(np.arange(count + 1) / count, start, end)
    return np.asarray(np.diff(edges) * count)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slide:
    """A box of `length` that slides along the columns of `heat`; lengths and places are 0 to 1.

    `found` should be whole where they fit; of `tops` the beginning is shown where they do not.
    `seam` says of each column how plainly an edge there goes through a thing.
    """

    heat: Floats
    length: float
    covered: Sequence[Area]
    found: Sequence[Thing]
    seam: Floats
    tops: Sequence[Thing] = ()


def _best_start(slide: Slide) -> float:
    """Return where the box begins at its best place."""
    heat, length = slide.heat, slide.length
    columns = heat.sum(axis=0)
    middles = (np.arange(len(columns)) + 0.5) / len(columns)
    start = np.linspace(0, 1 - length, _PLACES)
    end = start + length
    shown = _between(columns, start, end)
    centre = (start + end) / 2
    off = _between(columns * middles, start, end) / np.maximum(shown, 1e-9) - centre
    off = np.abs(off) / length
    score = (
        shown
        - _MISSED * np.maximum(0, _LEAST_SHOWN - shown / shown.max())
        - _HIDDEN * _hidden(heat, start, length, slide.covered)
        - _CUT * _cut(columns, start, end)
        - _SEAM * _through(slide.seam, start, end)
        - _BROKEN * _broken(slide.found, start, end)
        - _HEADLESS * _headless(slide.tops, start, length)
        - _BEYOND_THIRDS * np.maximum(0, off - 1 / 6) ** 2
        - _OFF_CENTRE * off
        - _OFF_MASTER * np.abs(centre - 0.5)
    )
    return float(start[np.argmax(score)])


def _hidden(heat: Floats, start: Floats, length: float, covered: Sequence[Area]) -> Floats:
    hidden, height = np.zeros(len(start)), heat.shape[0]
    for area in covered:
        rows = heat[round(area.top * height) : round(area.bottom * height)].sum(axis=0)
        hidden += _between(rows, start + area.left * length, start + area.right * length)
    return hidden


def _broken(found: Sequence[Thing], start: Floats, end: Floats) -> Floats:
    """How much of what matters belongs to things that would fit and are cut."""
    broken, length = np.zeros(len(start)), end[0] - start[0]
    for thing in found:
        if thing.length <= length:
            begins_inside = (start > thing.start) & (start < thing.end)
            ends_inside = (end > thing.start) & (end < thing.end)
            broken += thing.weight * (begins_inside | ends_inside)
    return broken


def _headless(found: Sequence[Thing], start: Floats, length: float) -> Floats:
    """How much of what matters belongs to things that are too long and lose their heads.

    Half of it is lost with the first pixel of the head, the rest with more of it.
    """
    lost = np.zeros(len(start))
    for thing in found:
        if thing.length > length:
            missing = np.clip((start - thing.start) / length + _HEADROOM, 0, 1)
            lost += thing.weight * np.where((missing > 0) & (start > 0), 0.5 + 0.5 * missing, 0)
    return lost


def _cut(columns: Floats, start: Floats, end: Floats) -> Floats:
    """How much more than on average matters at both edges, 1 for most of all.

    An edge of the master cuts nothing.
    """
    margin = _MARGIN * (end - start)
    usual, most = margin, columns.max() * len(columns) * margin
    first = _between(columns, start, start + margin) - usual
    last = _between(columns, end - margin, end) - usual
    edges = np.where(start > 0, first.clip(0), 0) + np.where(end < 1, last.clip(0), 0)
    return np.asarray(edges / most)


def _through(seam: Floats, start: Floats, end: Floats) -> Floats:
    """How plainly both edges go through things. An edge of the master cuts nothing."""
    if not len(seam):
        return np.zeros(len(start))
    beside = np.pad(seam, 1, mode="edge")
    nearby = np.maximum(np.maximum(beside[:-2], seam), beside[2:])
    middles = (np.arange(len(seam)) + 0.5) / len(seam)
    first, last = np.interp(start, middles, nearby), np.interp(end, middles, nearby)
    return np.asarray(np.where(start > 0, first, 0) + np.where(end < 1, last, 0))


def _between(columns: Floats, start: Floats, end: Floats) -> Floats:
    """Return the sums of the columns, spread evenly from 0 to 1, between two places."""
    sums = np.concatenate([[0.0], np.cumsum(columns)])
    places = np.linspace(0, 1, len(sums))
    return np.asarray(np.interp(end, places, sums) - np.interp(start, places, sums))


def _heads_first(heat: Floats) -> Floats:
    rows = heat.sum(axis=1)
    number = np.arange(len(rows)) + 0.5
    top, bottom = np.interp([0.04, 0.96], np.cumsum(rows) / rows.sum(), number + 0.5)
    down = np.clip((number - top) / max(bottom - top, 1), 0, 1)
    weighted = heat * (1 + _HEADS_FIRST * (1 - 2 * down))[:, None]
    return np.asarray(weighted / weighted.sum())
