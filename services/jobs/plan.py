"""Which masters a job has, and what is cut from each."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.common.targets import Target
from services.jobs.groups import PER_ASPECT, groups
from services.jobs.values import JobSpec

_SAME = 1.02
"""Two shapes are the same if their ratios differ by less than this factor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMaster:
    """One master of a job. `number` counts them from 1.

    It is painted to suit the `shapes`; the `targets` are cut from it, none from a variant. One that
    `extends` continues the first master beyond its edges to the shape that all its targets have;
    where the first master has that shape already, the targets are cut from that.
    """

    number: int
    shapes: tuple[Target, ...]
    targets: tuple[Target, ...] = ()
    extends: bool = False

    def suits(self, width: int, height: int) -> bool:
        """Return whether a picture of this size has the shape that it would be extended to."""
        shape = self.shapes[0]
        return 1 / _SAME < (width * shape.height) / (height * shape.width) < _SAME


def plan(spec: JobSpec) -> tuple[PlannedMaster, ...]:
    """Return the masters of a job, in the order in which they are bought.

    Without the first one, the job makes nothing.
    """
    if spec.source and spec.cuts_again:
        number = spec.source.master
        return (PlannedMaster(number=number, shapes=spec.targets, targets=spec.targets),)
    if spec.options.masters == PER_ASPECT:
        return tuple(
            PlannedMaster(number=number, shapes=group, targets=group)
            for number, group in enumerate(groups(spec), 1)
        )
    extended = _shapes(spec.targets) if spec.options.extends else []
    first = PlannedMaster(number=1, shapes=spec.targets, targets=() if extended else spec.targets)
    last = max(1, spec.options.variants)
    variants = (PlannedMaster(number=n, shapes=spec.targets) for n in range(2, last + 1))
    extensions = (
        PlannedMaster(number=n, shapes=group, targets=group, extends=True)
        for n, group in enumerate(extended, last + 1)
    )
    return (first, *variants, *extensions)


def _shapes(targets: Sequence[Target]) -> Sequence[tuple[Target, ...]]:
    """Return the targets, grouped by their shape, in a stable order."""
    found: list[list[Target]] = []
    for target in sorted(targets, key=_ratio):
        if not found or _ratio(target) > _SAME * _ratio(found[-1][0]):
            found.append([])
        found[-1].append(target)
    return [tuple(group) for group in found]


def _ratio(target: Target) -> float:
    return target.width / target.height
