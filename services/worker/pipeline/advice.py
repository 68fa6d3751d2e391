"""Says what would keep more of a picture than a crop that loses much of it."""

from services.common.assets import Advice, Rendition
from services.leaves.resizer import Cut

CONTAIN, FOCAL_POINT, PER_ASPECT = "contain", "focalPoint", "perAspect"

_ENOUGH = 0.8
"""A crop that keeps this much needs no advice."""

_CLEARLY = 0.05
"""What another focal point must gain."""

_SAME_SHAPE = 0.02


def advice(cut: Cut, master: Rendition) -> tuple[Advice, ...]:
    """Return what would keep more than `cut` does of `master`; nothing if it keeps enough.

    The kinds are those of the public contract: another focal point for the same shape, a master of
    its own shape (which nobody has seen yet), the whole picture on a background.
    """
    if cut.kept is None or cut.could_keep is None or cut.kept >= _ENOUGH:
        return ()
    found = []
    if cut.better_focal_point and cut.could_keep >= cut.kept + _CLEARLY:
        point = cut.better_focal_point
        found.append(Advice(kind=FOCAL_POINT, kept=cut.could_keep, focal_point=point))
    if cut.could_keep < _ENOUGH and not _same_shape(cut, master):
        found.append(Advice(kind=PER_ASPECT))
    return (*found, Advice(kind=CONTAIN, kept=1.0))


def _same_shape(cut: Cut, master: Rendition) -> bool:
    wanted, there = cut.facts.width / cut.facts.height, master.width / master.height
    return abs(wanted / there - 1) < _SAME_SHAPE
