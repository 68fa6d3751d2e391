"""What is for sale: every model of every provider, with its price and its abilities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.generator.orders import Order
from services.generator.providers.port import Abilities, ImageProvider
from services.generator.sizes import FreeSizes, ListedSizes, RatioSizes, Sizes

_USUAL = Order(prompt="A lighthouse")
"""The order that prices are estimated for: a square of the usual quality."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A model that callers may choose. `micros` is its price in millionths of a US dollar."""

    provider: str
    model: str
    micros: int
    abilities: Abilities


def offers(providers: Sequence[ImageProvider]) -> Iterator[Offer]:
    """Yield every model in order of preference."""
    for provider in providers:
        for model in provider.models:
            yield Offer(
                provider=provider.name,
                model=model,
                micros=provider.cost_micros(provider.commission(_USUAL, model), None),
                abilities=provider.abilities(model),
            )


def described(sizes: Sizes) -> tuple[str, list[str]]:
    """Return the kind of these sizes, and the choices where there are some."""
    match sizes:
        case ListedSizes():
            return "list", [f"{one.width}x{one.height}" for one in sizes.sizes]
        case RatioSizes():
            return "ratios", [*sizes.ratios]
        case FreeSizes():
            return "free", []
    return "free", []
