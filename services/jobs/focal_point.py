"""The one option of a job that is not a word: the point of its image that matters most.

It is kept as a text like the others, "x,y", with as many digits as it takes.
"""

from collections.abc import Mapping

FOCAL_POINT = "focal_point"
"""Its name among the options of a job."""


def to_text(x: float, y: float) -> str:
    """Return the text that `focal_point` reads."""
    return f"{x!r},{y!r}"


def focal_point(options: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the focal point of a job, None when it has none. Raises ValueError."""
    if FOCAL_POINT not in options:
        return None
    x, y = map(float, options[FOCAL_POINT].split(","))
    if not (0 <= x <= 1 and 0 <= y <= 1):  # NaN is not either
        raise ValueError("a focal point is outside of the image")
    return x, y
