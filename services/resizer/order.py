"""What a caller may ask for."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.crop import Size
from services.resizer.encode import ENCODINGS

MAX_TARGETS = 32
"""As the contract says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One rendition wanted; `id` is the caller's name for it."""

    id: str
    size: Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """The renditions wanted of one master of `size_bytes`. `quality` is None for our choice."""

    size_bytes: int
    targets: tuple[Target, ...]
    format: str
    quality: int | None


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
    if order.quality is not None and not 1 <= order.quality <= 100:
        yield FieldMistake("quality", "must be 1 to 100")


def _target_mistakes(targets: tuple[Target, ...], limits: Limits) -> Iterator[FieldMistake]:
    if not 1 <= len(targets) <= MAX_TARGETS:
        yield FieldMistake("targets", f"must be 1 to {MAX_TARGETS}, got {len(targets)}")
        return
    for index, target in enumerate(targets):
        for side in ("width", "height"):
            if not 1 <= getattr(target.size, side) <= limits.max_side:
                message = f"must be 1 to {limits.max_side} pixels"
                yield FieldMistake(f"targets[{index}].{side}", message)
    if sum(target.size.pixels for target in targets) > limits.max_pixels:
        yield FieldMistake("targets", f"must have at most {limits.max_pixels} pixels together")
    ids = [target.id for target in targets]
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield FieldMistake(f"targets[{index}].id", "must differ from the other ids")
