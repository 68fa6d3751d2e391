from collections.abc import Sequence
from typing import cast

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import Unavailable
from services.gateway.api.models import Models
from services.leaves.generator import GeneratorClient
from services.leaves.purchases import Model


def model(name: str) -> Model:
    return Model(
        model=name,
        provider="openai",
        price_micros=32_000,
        sizes="free",
        size_choices=(),
        qualities=("low", "high"),
        prompt_characters=32_000,
        previews=True,
        references=16,
        masks=True,
        transparency=False,
    )


class Generator:
    """Offers two models, and counts how often it is asked."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.asked = 0

    async def models(self) -> Sequence[Model]:
        self.asked += 1
        if self.away:
            raise Unavailable("The generator does not answer.")
        return [model("one"), model("two")]


def wishing(model: str, fit: str = "", background: str = "") -> pb.CreateJobRequest:
    options = pb.JobOptions(model=model, fit=fit, background=background)
    return pb.CreateJobRequest(options=options)


def models_of(generator: Generator) -> Models:
    return Models(cast(GeneratorClient, generator))


async def test_the_generator_is_asked_once_however_many_ask() -> None:
    generator = Generator()
    models = models_of(generator)
    assert [one.model for one in await models.all()] == ["one", "two"]
    assert not await models.mistakes(wishing("two"))
    assert generator.asked == 1


async def test_a_model_that_is_not_offered_is_refused_with_those_that_are() -> None:
    (mistake,) = await models_of(Generator()).mistakes(wishing("three"))
    assert (mistake.field, mistake.message) == ("options.model", "must be one of one, two")


async def test_no_wish_asks_nobody() -> None:
    generator = Generator()
    assert not await models_of(generator).mistakes(wishing(""))
    assert generator.asked == 0


async def test_while_the_generator_is_away_a_wish_is_taken_and_the_list_is_not_there() -> None:
    models = models_of(Generator(away=True))
    assert not await models.mistakes(wishing("one"))
    with pytest.raises(Unavailable):
        await models.all()


@pytest.mark.parametrize("model", ["", "one"])
async def test_what_no_model_can_do_is_refused_before_anything_is_spent(model: str) -> None:
    models = models_of(Generator())
    assert not await models.mistakes(wishing(model, fit="extend"))
    (mistake,) = await models.mistakes(wishing(model, background="transparent"))
    assert mistake.field == "options.background"
