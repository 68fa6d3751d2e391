import asyncio
from dataclasses import replace

from services.common.errors import ProviderBadAnswer
from services.generator.events import Bought, Called, Event, Previewed, Progressed
from services.generator.providers.port import Partial
from services.generator.purchase import Buyer, Estimate
from tests.unit.generator.scripted_provider import (
    ANSWERED,
    COUNTED,
    IMAGE,
    ORDER,
    PAID,
    PAINTED,
    TERMS,
    ScriptedProvider,
    buy,
    calls_in,
)

STAND_IN = replace(ANSWERED, stand_in=True)


async def test_a_purchase_tells_the_call_and_then_the_image() -> None:
    told, error = await buy(ScriptedProvider([ANSWERED, PAINTED]))
    assert error is None
    *_, call, progress, bought = told
    assert call == Called(
        provider="one",
        model="first",
        outcome="ok",
        request_id="req_1",
        usage=PAINTED.usage,
        stand_in=False,
        charge=PAID,
        cost_micros=COUNTED,
    )
    assert progress == Progressed(percent=100, message="The image is complete")
    assert isinstance(bought, Bought)
    assert bought.image.data == IMAGE
    assert (bought.provider, bought.model, bought.quality) == ("one", "first", "high")


async def test_the_words_of_the_provider_are_what_is_asked_and_told() -> None:
    provider = ScriptedProvider([PAINTED])
    told, _ = await buy(provider)
    assert provider.asked == [provider.commission(ORDER, "first")]
    assert isinstance(told[-1], Bought)
    assert told[-1].prompt == "A lighthouse, vivid"


async def test_a_prompt_revised_by_the_provider_is_the_revised_prompt() -> None:
    told, _ = await buy(ScriptedProvider([replace(PAINTED, revised_prompt="Theirs")]))
    assert isinstance(told[-1], Bought)
    assert told[-1].prompt == "Theirs"


async def test_progress_moves_while_waiting_and_never_falls() -> None:
    far = asyncio.Event()
    provider = ScriptedProvider([ANSWERED, far, Partial(image=b"broken"), PAINTED])
    percents: list[int] = []

    def tell(event: Event) -> None:
        if isinstance(event, Progressed):
            percents.append(event.percent)
            if event.percent >= 1:
                far.set()

    async with asyncio.timeout(20):
        await Buyer((provider,), TERMS).buy(ORDER, None, tell)
    assert percents[0] == 0
    assert percents == sorted(percents)
    assert {1, 30, 95, 100} <= set(percents)


async def test_previews_are_numbered_bounded_and_broken_ones_left_out() -> None:
    partial = Partial(image=IMAGE)
    provider = ScriptedProvider([partial, Partial(image=b"?"), partial, partial, PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert [event.index for event in told if isinstance(event, Previewed)] == [0, 1]


def test_an_estimate_is_that_of_the_most_expensive_model() -> None:
    buyer = Buyer((ScriptedProvider(),), TERMS)
    assert buyer.estimate(ORDER) == Estimate(provider="one", model="second", micros=1006)
    assert buyer.estimate(replace(ORDER, model="first")).micros == 1005


async def test_a_stand_in_is_accepted_and_named_on_one_machine_and_costs_nothing() -> None:
    told, error = await buy(ScriptedProvider([STAND_IN, PAINTED]))
    assert error is None
    assert [(call.stand_in, call.cost_micros) for call in calls_in(told)] == [(True, 0)]


async def test_a_stand_in_is_refused_in_production() -> None:
    terms = replace(TERMS, call=replace(TERMS.call, accept_stand_in=False))
    provider = ScriptedProvider([STAND_IN, asyncio.Event()])
    _, error = await buy(provider, terms=terms)
    assert isinstance(error, ProviderBadAnswer)
    assert "stand-in" in error.message
    assert provider.closed == 1
