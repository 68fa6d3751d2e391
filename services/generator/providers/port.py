"""The port to an image API: what a provider can do, what it is asked, and what it reports.

    order ──commission()──▶ Commission ──paint()──▶ Answered · Partial … · Paid · Painted
                                                   or AskAgain, or CallFailed

This is all that the rest of the generator knows about a provider. Its shapes, words, parameters,
streaming, faults and prices stay in its own folder.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from services.common.charge import Charge
from services.common.errors import AppError
from services.generator.orders import Order
from services.generator.references import Reference
from services.generator.sizes import Shape, Sizes


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """What one model can do: the most `previews` of a call, its `sizes`, its own `qualities`.

    It edits up to so many `references` at once, 0 if none. `masks` and `transparency` say whether
    it keeps what a mask protects, and whether it paints transparent backgrounds.
    """

    sizes: Sizes
    qualities: tuple[str, ...]
    prompt_characters: int
    previews: int = 0
    references: int = 0
    masks: bool = False
    transparency: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Commission:
    """What is asked of one model, in its own words.

    `without` names parameters that the model has refused and that are left out. `purchase_key`
    lets a provider with idempotency keys recognise a repeated request. With `references` it is an
    edit of them; `mask` is that of the first.
    """

    model: str
    prompt: str
    size: Shape
    quality: str
    end_user: str = ""
    previews: int = 0
    purchase_key: str = ""
    transparent: bool = False
    references: tuple[Reference, ...] = ()
    mask: Reference | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The provider began to answer. `request_id` is empty if it gave none."""

    request_id: str
    stand_in: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Partial:
    """The bytes of an unfinished image, unverified."""

    image: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `input_image_tokens` are a part of `input_tokens`."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_image_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What a provider answered, unchanged: its media type and its bytes."""

    content_type: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Painted:
    """The bytes of the finished image, unverified, and the answer that they were read from.

    `revised_prompt` is empty if there was none.
    """

    image: bytes
    raw: RawAnswer
    usage: Usage | None = None
    revised_prompt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """The answer came and is paid for; the image at the address in it is being downloaded."""

    raw: RawAnswer


PaintEvent = Answered | Partial | Paid | Painted


class CallFailed(Exception):
    """A call ended without an image: why, whether it was charged, and with what answer.

    There is an answer if one that was paid for arrived, whole or in part. `error` is all that a
    caller may see.
    """

    def __init__(self, error: AppError, charge: Charge, raw: RawAnswer | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.charge = charge
        self.raw = raw


class AskAgain(Exception):
    """The model refused a parameter and nothing was charged: `instead` asks without it."""

    def __init__(self, error: AppError, instead: Commission) -> None:
        super().__init__(error.message)
        self.error = error
        self.instead = instead


class ImageProvider(Protocol):
    """Paints images for money."""

    @property
    def name(self) -> str:
        """The provider's name, as clients and the accounts see it."""
        ...

    @property
    def models(self) -> tuple[str, ...]:
        """The models that may be asked, in order of preference. There is at least one."""
        ...

    def abilities(self, model: str) -> Abilities:
        """Return what `model` can do."""
        ...

    def commission(self, order: Order, model: str) -> Commission:
        """Return what `model` is to be asked for `order`: its sizes and its words."""
        ...

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        """Return the cost of a call by what was counted, or the most it can cost if nothing was.

        In millionths of a US dollar; 0 for a model without a price.
        """
        ...

    def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """Make exactly one call to the provider and yield what comes of it.

        Answered comes first, unless there was no answer, and Painted last. Closing the generator
        closes the call. Raises AskAgain and CallFailed.
        """
        ...

    async def read(self, raw: RawAnswer) -> Painted:
        """Read an answer of `paint` again, without a purchase. Raises ProviderBadAnswer."""
        ...
