"""A purchase as the worker orders it, and the events by which the generator reports on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from services.common.assets import Facts, ProviderCall
from services.common.options import JobOptions
from services.common.targets import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferencePicture:
    """A picture that an image is painted from. Each call of `read` yields its bytes."""

    size_bytes: int
    read: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageOrder:
    """One image to buy: what it shows, whose it is, and what will be cut from it.

    `key` identifies the purchase to the provider, which may thereby notice a repeated one. An order
    with `references` is an edit: `mask` is that of the first, and if the image `extends`, the only
    one is continued beyond its edges to the shape of the first target.
    """

    prompt: str
    owner: str
    targets: Sequence[Target]
    options: JobOptions = field(default_factory=JobOptions)
    key: str = ""
    transparent: bool = False
    references: tuple[ReferencePicture, ...] = ()
    mask: ReferencePicture | None = None
    extends: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Painting:
    """The model is at work: `percent` of the purchase is done; `message` is for people."""

    percent: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A small JPEG of the unfinished image."""

    image: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The image has arrived; read `chunks` before asking for the next event."""

    facts: Facts
    model: str
    revised_prompt: str
    chunks: AsyncIterator[bytes]
    provider: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadAnswer:
    """The image API's answer to a charged call, in which no image could be found."""

    content_type: str
    size_bytes: int
    sha256: str
    provider: str
    model: str
    prompt: str
    quality: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RawDelivery:
    """Such an answer has arrived; read `chunks` before asking for the next event."""

    answer: UnreadAnswer
    chunks: AsyncIterator[bytes]


PurchaseEvent = Painting | Preview | ProviderCall | Delivery | RawDelivery


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An image model that an order may name. `price_micros` is that of a usual square image.

    `sizes` is "free", "list" or "ratios", and `size_choices` those that it knows. It paints from up
    to so many `references`, 0 if it does not edit.
    """

    model: str
    provider: str
    price_micros: int
    sizes: str
    size_choices: tuple[str, ...]
    qualities: tuple[str, ...]
    prompt_characters: int
    previews: bool
    references: int
    masks: bool
    transparency: bool
