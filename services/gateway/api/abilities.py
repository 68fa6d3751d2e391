"""What a job wishes of its model, and whether there is a model that can do it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.common.options import EXTEND, TRANSPARENT
from services.leaves.purchases import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelWish:
    """Something of which a job needs an amount, and of which a model has an amount.

    `must` is what to say of `field` where no model has enough; `{most}` is what the best one has.
    """

    field: str
    needed: Callable[[pb.CreateJobRequest], int]
    had: Callable[[Model], int]
    must: str


_WISHES = (
    ModelWish(
        field="references",
        needed=lambda request: len(request.references),
        had=lambda model: model.references,
        must="must be at most {most} for this model; see /api/models",
    ),
    ModelWish(
        field="mask",
        needed=lambda request: bool(request.mask),
        had=lambda model: model.masks,
        must="cannot be used with this model, which edits without masks or not at all; "
        "see /api/models",
    ),
    ModelWish(
        field="options.fit",
        needed=lambda request: request.options.fit == EXTEND,
        had=lambda model: model.masks,
        must=f'cannot be "{EXTEND}": this model edits without masks or not at all; see /api/models',
    ),
    ModelWish(
        field="options.background",
        needed=lambda request: request.options.background == TRANSPARENT,
        had=lambda model: model.transparency,
        must=f'cannot be "{TRANSPARENT}" for this model; see /api/models',
    ),
)


def asks_much(request: pb.CreateJobRequest) -> bool:
    """Return whether a job wishes for anything that some models can't do."""
    return any(wish.needed(request) for wish in _WISHES)


def ability_mistakes(
    request: pb.CreateJobRequest, models: Sequence[Model]
) -> Iterator[FieldMistake]:
    """Yield what none of the models (one or more) can do, or none of those that do the rest."""
    for wish in _WISHES:
        needed, most = wish.needed(request), max(map(wish.had, models))
        if most < needed:
            yield FieldMistake(wish.field, wish.must.format(most=int(most)))
        else:
            models = [model for model in models if wish.had(model) >= needed]
