"""What a caller may request."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.crop import Area, Box, Focus, Size
from services.resizer.encode import ENCODINGS
from services.resizer.origin import Origin

MAX_TARGETS, MAX_COVERED, MAX_NAME = 32, 8, 255
"""As the contract defines it."""

SMART, CENTER = "smart", "center"
CROPS = (SMART, CENTER)
"""The ways to choose the box, by their names in the contract."""

COVER, CONTAIN = "cover", "contain"
FITS = (COVER, CONTAIN)
"""The ways to bring the master into another shape."""

BLUR, AUTO, TRANSPARENT = "blur", "auto", "transparent"
AI = "ai"
LABELS = ("", AI)
"""What a rendition may be labelled with; empty for nothing."""

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How a rendition is cut and written.

    `box` is the part to show; without one `focus` decides, and without both `crop`, one of `CROPS`.
    `fit` is one of `FITS`; `background` is "blur", "auto", "transparent" or "#rrggbb" and surrounds
    what is contained. `label` is one of `LABELS`.
    """

    format: str = "jpeg"
    crop: str = SMART
    focus: Focus | None = None
    box: Box | None = None
    fit: str = COVER
    background: str = BLUR
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestedRendition:
    """One requested rendition; `id` is the caller's name for it.

    `covered` are its hidden parts, `max_bytes` is the most that its file should have.
    """

    id: str
    size: Size
    covered: tuple[Area, ...] = ()
    max_bytes: int | None = None
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResizeOrder:
    """The renditions requested of one master of `size_bytes`, whose `origin` the files mention."""

    size_bytes: int
    targets: tuple[RequestedRendition, ...]
    origin: Origin = field(default_factory=Origin)

    @property
    def keeps_alpha(self) -> bool:
        """Whether any rendition can show what is transparent in the master."""
        return any(ENCODINGS[one.manner.format].keeps_alpha for one in self.targets)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLimits:
    """What one call may use.

    `max_pixels` bounds the master, and all renditions together; `max_side` is in pixels.
    """

    max_bytes: int
    max_pixels: int
    max_side: int


def check_size(size_bytes: int, limits: OrderLimits) -> None:
    """Raise InvalidRequest for a file that is empty or too large."""
    _refuse(_file_mistakes(size_bytes, limits))


def check(order: ResizeOrder, limits: OrderLimits) -> None:
    """Raise InvalidRequest naming every mistake in the order, if there is one."""
    _refuse([*_header_mistakes(order, limits), *_target_mistakes(order.targets, limits)])


def _refuse(found: Iterable[FieldMistake]) -> None:
    if mistakes := [*found]:
        words = "; ".join(f"{mistake.field} {mistake.message}" for mistake in mistakes)
        raise InvalidRequest(f"{words}.", fields=mistakes)


def _header_mistakes(order: ResizeOrder, limits: OrderLimits) -> Iterator[FieldMistake]:
    yield from _file_mistakes(order.size_bytes, limits)
    for field_name in ("model", "provider"):
        name = getattr(order.origin, field_name)
        if len(name) > MAX_NAME or not name.isprintable():
            yield FieldMistake(field_name, f"must be at most {MAX_NAME} printable characters")


def _file_mistakes(size_bytes: int, limits: OrderLimits) -> Iterator[FieldMistake]:
    if not 1 <= size_bytes <= limits.max_bytes:
        yield FieldMistake("size_bytes", f"must be 1 to {limits.max_bytes}")


def _target_mistakes(
    targets: tuple[RequestedRendition, ...], limits: OrderLimits
) -> Iterator[FieldMistake]:
    if not 1 <= len(targets) <= MAX_TARGETS:
        yield FieldMistake("targets", f"must be 1 to {MAX_TARGETS}, got {len(targets)}")
        return
    for index, target in enumerate(targets):
        for name, message in (*_size_mistakes(target, limits), *_manner_mistakes(target.manner)):
            yield FieldMistake(f"targets[{index}].{name}", message)
    if sum(target.size.pixels for target in targets) > limits.max_pixels:
        yield FieldMistake("targets", f"must have at most {limits.max_pixels} pixels together")
    ids = [target.id for target in targets]
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield FieldMistake(f"targets[{index}].id", "must differ from the other ids")


def _size_mistakes(target: RequestedRendition, limits: OrderLimits) -> Iterator[tuple[str, str]]:
    for side in ("width", "height"):
        if not 1 <= getattr(target.size, side) <= limits.max_side:
            yield side, f"must be 1 to {limits.max_side} pixels"
    if len(target.covered) > MAX_COVERED or not all(map(_is_inside, target.covered)):
        message = f"must be at most {MAX_COVERED} areas of the rendition, none of them empty"
        yield "covered", message
    if target.max_bytes is not None and target.max_bytes < 1:
        yield "max_bytes", "must be at least 1"


def _manner_mistakes(manner: Manner) -> Iterator[tuple[str, str]]:
    for name, value, known in (
        ("format", manner.format, ENCODINGS),
        ("crop", manner.crop, CROPS),
        ("fit", manner.fit, FITS),
        ("label", manner.label, LABELS),
    ):
        if value not in known:
            yield name, f"must be one of {', '.join(filter(None, known))}"
    if manner.focus and not (0 <= manner.focus.x <= 1 and 0 <= manner.focus.y <= 1):
        yield "focal_point", "must have x and y of 0 to 1"
    if manner.box and (min(manner.box.x, manner.box.y) < 0 or manner.box.is_empty):
        yield "box", "must have a width and a height, and lie inside the master"
    named = (BLUR, AUTO, TRANSPARENT)
    if manner.background not in named and not _COLOUR.fullmatch(manner.background):
        yield "background", f"must be {', '.join(named)} or a colour such as #1a2b3c"


def _is_inside(area: Area) -> bool:
    return 0 <= area.left < area.right <= 1 and 0 <= area.top < area.bottom <= 1
