import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.generator.call import CallTerms
from services.generator.events import Bought, Called, Event, Previewed, Progressed
from services.generator.orders import Order
from services.generator.providers.port import (
    Answered,
    Commission,
    Painted,
    PaintEvent,
    Partial,
    StreamRefused,
    Usage,
)
from services.generator.purchase import Buyer, Terms
from services.generator.sizes import Shape
from services.generator.verify import ImageLimits
from tests.servers.openai_api import picture

IMAGE = picture(64, 48)
PAINTED = Painted(image=IMAGE, usage=Usage(input_tokens=1, output_tokens=2, total_tokens=3))
ANSWERED = Answered(request_id="req_1", stand_in=False)
STAND_IN = replace(ANSWERED, stand_in=True)
ORDER = Order(prompt="A lighthouse", style="vivid", quality="hd", previews=2)
TERMS = Terms(
    models=("first", "second"),
    timeout_seconds=60,
    call=CallTerms(
        limits=ImageLimits(max_bytes=10_000, max_pixels=10_000),
        accept_stand_in=True,
        tick_seconds=0.001,
    ),
)

Act = PaintEvent | Exception | asyncio.Event


class ScriptedProvider:
    """An ImageProvider that does, call after call, what the test wrote down."""

    def __init__(self, *calls: Sequence[Act]) -> None:
        self._calls = list(calls)
        self.asked: list[Commission] = []
        self.closed = 0

    def commission(self, order: Order, model: str) -> Commission:
        return Commission(
            model=model,
            prompt=f"{order.prompt}, {order.style}",
            size=Shape(width=1024, height=1024),
            quality="high",
            previews=order.previews,
        )

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        self.asked.append(commission)
        try:
            for act in self._calls.pop(0):
                if isinstance(act, Exception):
                    raise act
                if isinstance(act, asyncio.Event):
                    await act.wait()
                else:
                    yield act
        finally:
            self.closed += 1


async def buy(
    provider: ScriptedProvider, terms: Terms = TERMS, seconds: float | None = None
) -> tuple[list[Event], AppError | None]:
    """Return what a purchase tells and raises."""
    told: list[Event] = []
    try:
        await Buyer(provider, terms).buy(ORDER, seconds, told.append)
    except AppError as error:
        return told, error
    return told, None


def outcomes(told: list[Event]) -> list[tuple[str, str]]:
    return [(event.model, event.outcome) for event in told if isinstance(event, Called)]


async def test_a_purchase_tells_the_call_and_then_the_image() -> None:
    told, error = await buy(ScriptedProvider([ANSWERED, PAINTED]))
    assert error is None
    *_, call, progress, bought = told
    assert call == Called(
        model="first", outcome="ok", request_id="req_1", usage=PAINTED.usage, stand_in=False
    )
    assert progress == Progressed(percent=100, message="The image is complete")
    assert isinstance(bought, Bought)
    assert bought.image.data == IMAGE
    assert (bought.model, bought.quality) == ("first", "high")


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
        await Buyer(provider, TERMS).buy(ORDER, None, tell)
    assert percents[0] == 0
    assert percents == sorted(percents)
    assert {1, 30, 95, 100} <= set(percents)


async def test_previews_are_numbered_bounded_and_broken_ones_left_out() -> None:
    partial = Partial(image=IMAGE)
    provider = ScriptedProvider([partial, Partial(image=b"?"), partial, partial, PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert [event.index for event in told if isinstance(event, Previewed)] == [0, 1]


async def test_a_model_that_is_gone_is_replaced_by_the_next() -> None:
    provider = ScriptedProvider([ANSWERED, ModelUnavailable("gone")], [PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert outcomes(told) == [("first", "MODEL_UNAVAILABLE"), ("second", "ok")]


async def test_when_all_models_are_gone_the_purchase_fails_for_good() -> None:
    gone = [ModelUnavailable("gone")]
    told, error = await buy(ScriptedProvider(gone, gone))
    assert isinstance(error, ModelUnavailable)
    assert error.facts == {"model": "second", "request_id": ""}
    assert [outcome for _, outcome in outcomes(told)] == ["MODEL_UNAVAILABLE"] * 2


async def test_a_refused_stream_is_asked_again_without() -> None:
    refused = StreamRefused(ProviderRejectedRequest("no stream"))
    provider = ScriptedProvider([ANSWERED, refused], [ANSWERED, PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert [commission.streamed for commission in provider.asked] == [True, False]
    assert outcomes(told) == [("first", "PROVIDER_REJECTED_REQUEST"), ("first", "ok")]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ([ANSWERED, ModerationBlocked("no")], ModerationBlocked),
        ([ANSWERED, ProviderUnavailable("no")], ProviderUnavailable),
        ([ANSWERED], ProviderBadAnswer),
        ([ANSWERED, Partial(image=IMAGE)], ProviderUnavailable),
        ([ANSWERED, Painted(image=b"no image")], ProviderBadAnswer),
    ],
)
async def test_a_failed_call_is_told_before_it_is_raised_and_made_only_once(
    call: Sequence[Act], expected: type[AppError]
) -> None:
    provider = ScriptedProvider(call)
    told, error = await buy(provider)
    assert type(error) is expected
    assert error.facts == {"model": "first", "request_id": "req_1"}
    assert outcomes(told) == [("first", expected.code)]
    assert len(provider.asked) == provider.closed == 1


async def test_even_a_mistake_of_ours_does_not_hide_a_call() -> None:
    told: list[Event] = []
    with pytest.raises(ZeroDivisionError):
        await Buyer(ScriptedProvider([ANSWERED, ZeroDivisionError()]), TERMS).buy(
            ORDER, None, told.append
        )
    assert outcomes(told) == [("first", "INTERNAL_ERROR")]


async def test_a_model_that_never_ends_is_given_up() -> None:
    provider = ScriptedProvider([ANSWERED, asyncio.Event()])
    told, error = await buy(provider, replace(TERMS, timeout_seconds=0.2))
    assert isinstance(error, ProviderUnavailable)
    assert outcomes(told) == [("first", "PROVIDER_UNAVAILABLE")]
    assert provider.closed == 1


async def test_the_deadline_of_the_caller_bounds_the_call() -> None:
    provider = ScriptedProvider([asyncio.Event()])
    async with asyncio.timeout(10):
        told, error = await buy(provider, seconds=0.6)
    assert isinstance(error, ProviderUnavailable)
    assert outcomes(told) == [("first", "PROVIDER_UNAVAILABLE")]


async def test_a_stand_in_is_accepted_and_named_on_one_machine() -> None:
    told, error = await buy(ScriptedProvider([STAND_IN, PAINTED]))
    assert error is None
    assert [event.stand_in for event in told if isinstance(event, Called)] == [True]


async def test_a_stand_in_is_refused_in_production() -> None:
    terms = replace(TERMS, call=replace(TERMS.call, accept_stand_in=False))
    provider = ScriptedProvider([STAND_IN, asyncio.Event()])
    _, error = await buy(provider, terms)
    assert isinstance(error, ProviderBadAnswer)
    assert "stand-in" in error.message
    assert provider.closed == 1
