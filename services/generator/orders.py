"""What a caller may order, and within which limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.common.errors import FieldMistake, InvalidRequest
from services.generator.references import MAX_REFERENCES, Reference
from services.generator.sizes import Shape

MAX_PROMPT_CHARACTERS = 32_000
MAX_TARGETS = 32
MAX_EDGE_PIXELS = 8192
MAX_PREVIEWS = 3

QUALITIES = ("low", "medium", "high", "xhigh", "max", "auto", "standard", "hd")
"""The qualities of an order; the last two are the guide's own. Providers have their own words."""

_PURCHASE_KEY = re.compile(r"[!-~]{0,200}")

STYLES = ("vivid", "natural")
"""The styles of an order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One image to buy, in the caller's words: the fields of GenerateRequest and EditHeader.

    `mask` is that of the first reference. If it `extends`, the only reference is to be continued
    beyond its edges, to the shape of the first target.
    """

    prompt: str
    targets: tuple[Shape, ...] = ()
    quality: str = ""
    style: str = ""
    end_user: str = ""
    previews: int = 0
    purchase_key: str = ""
    model: str = ""
    transparent: bool = False
    references: tuple[Reference, ...] = ()
    mask: Reference | None = None
    extends: bool = False


def check(order: Order) -> None:
    """Raise InvalidRequest that names every mistake of `order`; do nothing if there is none."""
    if mistakes := list(_mistakes(order)):
        raise InvalidRequest(
            " ".join(f"{mistake.field} {mistake.message}." for mistake in mistakes),
            fields=mistakes,
        )


def _mistakes(order: Order) -> Iterator[FieldMistake]:
    if not order.prompt.strip() or len(order.prompt) > MAX_PROMPT_CHARACTERS:
        yield FieldMistake("prompt", f"must have 1 to {MAX_PROMPT_CHARACTERS} characters")
    if len(order.targets) > MAX_TARGETS:
        yield FieldMistake("targets", f"must be at most {MAX_TARGETS}")
    for index, shape in enumerate(order.targets[:MAX_TARGETS]):
        for name, edge in (("width", shape.width), ("height", shape.height)):
            if not 1 <= edge <= MAX_EDGE_PIXELS:
                yield FieldMistake(f"targets[{index}].{name}", f"must be 1 to {MAX_EDGE_PIXELS}")
    for field, value, words in (
        ("quality", order.quality, QUALITIES),
        ("style", order.style, STYLES),
    ):
        if value and value not in words:
            yield FieldMistake(field, f"must be one of {', '.join(words)}")
    if not 0 <= order.previews <= MAX_PREVIEWS:
        yield FieldMistake("previews", f"must be 0 to {MAX_PREVIEWS}")
    if not _PURCHASE_KEY.fullmatch(order.purchase_key):
        yield FieldMistake("purchaseKey", "must be at most 200 visible ASCII characters")
    yield from _mistakes_of_edit(order)


def _mistakes_of_edit(order: Order) -> Iterator[FieldMistake]:
    if len(order.references) > MAX_REFERENCES:
        yield FieldMistake("references", f"must be at most {MAX_REFERENCES}")
    if order.mask and not order.references:
        yield FieldMistake("mask", "needs a reference that it belongs to")
    if order.extends and (order.mask or len(order.references) != 1 or not order.targets):
        yield FieldMistake("extends", "needs one reference, a target and no mask")
