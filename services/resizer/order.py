"""What a caller may ask for."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.crop import Area, Focus, Size
from services.resizer.encode import ENCODINGS

MAX_TARGETS, MAX_COVERED, MAX_MODEL = 32, 8, 255
"""As the contract says."""

SMART, CENTER = "smart", "center"
CROPS = (SMART, CENTER)
"""The ways to choose the box, by the names that the contract gives them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One rendition wanted; `id` is the caller's name for it.

    `covered` are its hidden parts, `max_bytes` is the length that its file should not exceed.
    """

    id: str
    size: Size
    covered: tuple[Area, ...] = ()
    max_bytes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """The renditions wanted of one master of `size_bytes`.

    `crop` is one of `CROPS`, and counts where there is no `focus`. `model` painted the master; it
    is empty when nothing is to be said of that.
    """

    size_bytes: int
    targets: tuple[Target, ...]
    format: str
    crop: str = SMART
    focus: Focus | None = None
    model: str = ""

    @property
    def needs_attention(self) -> bool:
        """Whether what is in the master decides where it is cut."""
        return self.crop == SMART and self.focus is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one call may use.

    `max_pixels` bounds the master, and all renditions together; `max_side` is in pixels.
    """

    max_bytes: int
    max_pixels: int
    max_side: int


def check(order: Order, limits: Limits) -> None:
    """Raise InvalidRequest naming every mistake of the order, if there is one."""
    mistakes = [*_header_mistakes(order, limits), *_target_mistakes(order.targets, limits)]
    if mistakes:
        words = "; ".join(f"{mistake.field} {mistake.message}" for mistake in mistakes)
        raise InvalidRequest(f"{words}.", fields=mistakes)


def _header_mistakes(order: Order, limits: Limits) -> Iterator[FieldMistake]:
    if not 1 <= order.size_bytes <= limits.max_bytes:
        yield FieldMistake("size_bytes", f"must be 1 to {limits.max_bytes}")
    if order.format not in ENCODINGS:
        yield FieldMistake("format", f"must be one of {', '.join(ENCODINGS)}")
    if order.crop not in CROPS:
        yield FieldMistake("crop", f"must be one of {', '.join(CROPS)}")
    if order.focus and not (0 <= order.focus.x <= 1 and 0 <= order.focus.y <= 1):
        yield FieldMistake("focal_point", "must have x and y of 0 to 1")
    if len(order.model) > MAX_MODEL or not order.model.isprintable():
        yield FieldMistake("model", f"must be at most {MAX_MODEL} printable characters")


def _target_mistakes(targets: tuple[Target, ...], limits: Limits) -> Iterator[FieldMistake]:
    if not 1 <= len(targets) <= MAX_TARGETS:
        yield FieldMistake("targets", f"must be 1 to {MAX_TARGETS}, got {len(targets)}")
        return
    for index, target in enumerate(targets):
        for side in ("width", "height"):
            if not 1 <= getattr(target.size, side) <= limits.max_side:
                message = f"must be 1 to {limits.max_side} pixels"
                yield FieldMistake(f"targets[{index}].{side}", message)
        if len(target.covered) > MAX_COVERED or not all(map(_is_inside, target.covered)):
            message = f"must be at most {MAX_COVERED} areas of the rendition, none of them empty"
            yield FieldMistake(f"targets[{index}].covered", message)
        if target.max_bytes is not None and target.max_bytes < 1:
            yield FieldMistake(f"targets[{index}].max_bytes", "must be at least 1")
    if sum(target.size.pixels for target in targets) > limits.max_pixels:
        yield FieldMistake("targets", f"must have at most {limits.max_pixels} pixels together")
    ids = [target.id for target in targets]
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield FieldMistake(f"targets[{index}].id", "must differ from the other ids")


def _is_inside(area: Area) -> bool:
    return 0 <= area.left < area.right <= 1 and 0 <= area.top < area.bottom <= 1
