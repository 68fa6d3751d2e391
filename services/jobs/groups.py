"""Which targets of a job share one bought image."""

from collections.abc import Sequence

from services.common.targets import Target
from services.jobs.values import JobSpec

PER_ASPECT = "perAspect"
"""The value of the option `masters` that buys an image for each shape."""

_LEAST_SHOWN = 0.75
"""Cut from an image of the shape of any other of its group, a target shows at least this much.
docs/images.md has what other bounds would buy and show."""


def groups(spec: JobSpec) -> Sequence[tuple[Target, ...]]:
    """Return the targets of a job by the image that they are cut from; the order is stable.

    It is as few groups as can be: each begins with the narrowest shape that is left, and takes
    what is not too wide for that.
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
