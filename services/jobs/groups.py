"""Which platforms share one bought image."""

from collections.abc import Sequence

from services.common.platforms import PLATFORMS
from services.jobs.values import JobSpec

PER_ASPECT = "perAspect"
"""The value of the option `masters` that buys an image for each shape."""

_LEAST_SHOWN = 0.75
"""Cut from an image of the shape of any other of its group, a platform shows at least this much.
docs/images.md has what other bounds would buy and show."""


def groups(spec: JobSpec) -> Sequence[tuple[str, ...]]:
    """Return the platforms of a job by the image that they are cut from; the order is stable.

    It is as few groups as can be: each begins with the narrowest shape that is left, and takes
    what is not too wide for that.
    """
    if spec.options.masters != PER_ASPECT:
        return (spec.platforms,)
    found: list[list[str]] = []
    for platform in sorted(spec.platforms, key=_ratio):
        if not found or _ratio(found[-1][0]) < _LEAST_SHOWN * _ratio(platform):
            found.append([])
        found[-1].append(platform)
    return tuple(map(tuple, found))


def _ratio(platform: str) -> float:
    return PLATFORMS[platform].width / PLATFORMS[platform].height
