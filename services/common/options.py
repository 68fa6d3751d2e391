"""The options of a job, from the request that sets them to the service that applies them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

CONTAIN = "contain"
"""The value of `fit` that shows the whole picture, on a `background`."""

EXTEND = "extend"
"""The value of `fit` for which the model paints what a shape lacks."""

TRANSPARENT = "transparent"
"""The value of `background` that leaves it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FocalPoint:
    """What matters most in an image: 0 to 1 of its width and height, from the upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True, slots=True)
class JobOptions:
    """How the images of a job are painted, cut and encoded. An empty option was not given.

    Names, values and meanings are those of the public contract, by which they are checked.
    """

    quality: str = ""
    style: str = ""
    format: str = ""
    crop: str = ""
    focal_point: FocalPoint | None = None
    masters: str = ""
    model: str = ""
    fit: str = ""
    background: str = ""
    label: str = ""
    variants: int = 0

    @property
    def extends(self) -> bool:
        """Whether the model paints what a shape lacks."""
        return self.fit == EXTEND

    @property
    def is_transparent(self) -> bool:
        """Whether the model paints without a background."""
        return self.background == TRANSPARENT


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionOptions:
    """How one rendition is cut and encoded. What is empty is left to the options of the job.

    `crop` is the part of the master to show: x, y, width and height in its pixels. Names and values
    are those of the public contract, by which they are checked.
    """

    format: str = ""
    crop: tuple[int, int, int, int] | None = None
    focal_point: FocalPoint | None = None
    fit: str = ""
    background: str = ""


_NAMES = tuple(field.name for field in fields(JobOptions))


def given(options: JobOptions) -> dict[str, Any]:
    """Return the options that were given, by name."""
    values = ((name, getattr(options, name)) for name in _NAMES)
    return {name: value for name, value in values if value}


def to_texts(options: JobOptions) -> dict[str, str]:
    """Return the options that were given as strings by name, the form in which they are stored."""
    return {name: _text(value) for name, value in given(options).items()}


def from_texts(texts: Mapping[str, str]) -> JobOptions:
    """Return the options that `to_texts` wrote, ignoring those of a later version."""
    known: dict[str, Any] = {name: texts[name] for name in _NAMES if name in texts}
    if "focal_point" in known:
        x, y = map(float, known["focal_point"].split(","))
        known["focal_point"] = FocalPoint(x=x, y=y)
    if "variants" in known:
        known["variants"] = int(known["variants"])
    return JobOptions(**known)


def _text(value: str | int | FocalPoint) -> str:
    return f"{value.x!r},{value.y!r}" if isinstance(value, FocalPoint) else str(value)
