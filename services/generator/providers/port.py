"""The port to an image API: what a provider can, what it is asked, and what it tells."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from services.common.errors import AppError
from services.generator.orders import Order
from services.generator.sizes import Shape


@dataclass(frozen=True, kw_only=True, slots=True)
class Commission:
    """What is asked of one model, in its own words. `streamed` asks for up to `previews` images."""

    model: str
    prompt: str
    size: Shape
    quality: str
    end_user: str = ""
    previews: int = 0
    streamed: bool = True


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
    """Tokens as the provider counted them."""

    input_tokens: int
    output_tokens: int
    total_tokens: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Painted:
    """The bytes of the finished image, unverified. `revised_prompt` is empty if not told."""

    image: bytes
    usage: Usage | None = None
    revised_prompt: str = ""


PaintEvent = Answered | Partial | Painted


class StreamRefused(Exception):
    """The model can't stream and nothing was charged: ask again without. `error` is the refusal."""

    def __init__(self, error: AppError) -> None:
        super().__init__(error.message)
        self.error = error


class ImageProvider(Protocol):
    """Paints images for money."""

    def commission(self, order: Order, model: str) -> Commission:
        """Return what `model` is to be asked for `order`: its sizes and its words."""
        ...

    def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """Make exactly one call to the provider and yield what comes of it.

        Answered comes first unless nothing was answered; an answer that breaks off ends without
        Painted. Closing the generator closes the call. Raises StreamRefused, ModelUnavailable for
        a model that does not exist, or the AppError that the provider's fault means.
        """
        ...
