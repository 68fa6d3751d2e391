"""Which models can do what an order needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.generator.mistakes import mistake
from services.generator.orders import Order
from services.generator.providers.port import Abilities, ImageProvider

Candidate = tuple[ImageProvider, str]
"""A provider and one of its models."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """Something of which an order needs an amount, and of which a model has an amount.

    `must` is what to say of `field` where no model has enough; `{most}` is what the best one has.
    """

    field: str
    needed: Callable[[Order], int]
    had: Callable[[Abilities], int]
    must: str


_NEEDS = (
    Need(
        field="prompt",
        needed=lambda order: len(order.prompt),
        had=lambda able: able.prompt_characters,
        must="must have at most {most} characters for this model",
    ),
    Need(
        field="references",
        needed=lambda order: len(order.references),
        had=lambda able: able.references,
        must="must be at most {most} for this model",
    ),
    Need(
        field="mask",
        needed=lambda order: order.mask is not None or order.extends,
        had=lambda able: able.masks and able.references > 0,
        must="cannot be used with this model, which edits without masks or not at all",
    ),
    Need(
        field="transparent",
        needed=lambda order: order.transparent,
        had=lambda able: able.transparency,
        must="is not possible with this model, which paints no transparent backgrounds",
    ),
)


def able(candidates: Sequence[Candidate], order: Order) -> Sequence[Candidate]:
    """Return the candidates that can do all that `order` needs, in the same order.

    Raises InvalidRequest that names the first need which none of them meets.
    """
    for need in _NEEDS:
        amounts = [need.had(provider.abilities(model)) for provider, model in candidates]
        most = max(amounts)
        if most < need.needed(order):
            raise mistake(need.field, need.must.format(most=most))
        pairs = zip(candidates, amounts, strict=True)
        candidates = [one for one, amount in pairs if amount >= need.needed(order)]
    return candidates
