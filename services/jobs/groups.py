"""Which targets of a job share one bought image."""

from collections.abc import Sequence

from services.common.targets import Target
from services.jobs.values import JobSpec

PER_ASPECT = "perAspect"
"""The value of the option `masters` that buys one image for each group of shapes."""

_LEAST_SHOWN = 0.75
"""A target shows at least this share of an image in the shape of any other target of its group.
docs/images.md says what other bounds would buy and show."""


def groups(spec: JobSpec) -> Sequence[tuple[Target, ...]]:
    """Return the targets of a job, grouped by the image that they are cut from, in a stable order.

    There are as few groups as possible: each begins with the narrowest shape that is left, and
    takes every shape that is not too wide for it.
    """
    if spec.options.masters != PER_ASPECT:
        return (spec.targets,)
    found: list[list[Target]] = []
    for target in sorted(spec.targets, key=_ratio):
        if not found or _ratio(found[-1][0]) < _LEAST_SHOWN * _ratio(target):
            found.append([])
        found[-1].append(target)
    return tuple(map(tuple, found))


def _ratio(target: Target) -> float:
    return target.width / target.height
