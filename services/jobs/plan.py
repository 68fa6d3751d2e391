"""Which masters a job has, and what is cut from each."""

from dataclasses import dataclass

from services.common.targets import Target
from services.jobs.groups import PER_ASPECT, groups
from services.jobs.values import JobSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMaster:
    """One master of a job. `number` counts them from 1.

    It is painted to suit the `shapes`; the `targets` are cut from it, none from a variant.
    """

    number: int
    shapes: tuple[Target, ...]
    targets: tuple[Target, ...] = ()


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
    first = PlannedMaster(number=1, shapes=spec.targets, targets=spec.targets)
    variants = (
        PlannedMaster(number=number, shapes=spec.targets)
        for number in range(2, spec.options.variants + 1)
    )
    return (first, *variants)
