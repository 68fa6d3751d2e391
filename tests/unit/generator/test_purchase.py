import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    InvalidRequest,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderKeyRejected,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.generator.call import CallTerms
from services.generator.events import Bought, Called, Event, Previewed, Progressed, Unreadable
from services.generator.orders import Order
from services.generator.providers.port import (
    Abilities,
    Answered,
    AskAgain,
    CallFailed,
    Commission,
    Paid,
    Painted,
    PaintEvent,
    Partial,
    RawAnswer,
    Usage,
)
from services.generator.purchase import Buyer, Estimate, Terms
from services.generator.sizes import SQUARE, ListedSizes
from services.generator.verify import ImageLimits
from tests.servers.openai_api import picture

IMAGE = picture(64, 48)
RAW = RawAnswer("application/json", b"{}")
PAINTED = Painted(
    image=IMAGE, raw=RAW, usage=Usage(input_tokens=1, output_tokens=2, total_tokens=3)
)
ANSWERED = Answered(request_id="req_1", stand_in=False)
STAND_IN = replace(ANSWERED, stand_in=True)
ORDER = Order(prompt="A lighthouse", style="vivid", quality="hd", previews=2)
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN
COUNTED, ESTIMATED = 3, 1000
TERMS = Terms(
    timeout_seconds=60,
    call=CallTerms(
        limits=ImageLimits(max_bytes=10_000, max_pixels=10_000),
        accept_stand_in=True,
        threads=ThreadPoolExecutor(1),
        tick_seconds=0.001,
    ),
)

Act = PaintEvent | Exception | asyncio.Event


class ScriptedProvider:
    """An ImageProvider that does, call after call, what the test wrote down."""

    def __init__(
        self,
        *calls: Sequence[Act],
        name: str = "one",
        models: tuple[str, ...] = ("first", "second"),
    ) -> None:
        self._calls = list(calls)
        self.name = name
        self.models = models
        self.asked: list[Commission] = []
        self.closed = 0

    def abilities(self, model: str) -> Abilities:
        return Abilities(sizes=ListedSizes((SQUARE,)), qualities=("high",), prompt_characters=9999)

    def commission(self, order: Order, model: str) -> Commission:
        return Commission(
            model=model,
            prompt=f"{order.prompt}, {order.style}",
            size=SQUARE,
            quality="high",
            previews=order.previews,
            purchase_key=order.purchase_key,
        )

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        return usage.total_tokens if usage else ESTIMATED + len(commission.model)

    async def read(self, raw: RawAnswer) -> Painted:
        raise NotImplementedError

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
    *providers: ScriptedProvider,
    terms: Terms = TERMS,
    seconds: float | None = None,
    order: Order = ORDER,
) -> tuple[list[Event], AppError | None]:
    """Return what a purchase tells and raises."""
    told: list[Event] = []
    try:
        await Buyer(providers, terms).buy(order, seconds, told.append)
    except AppError as error:
        return told, error
    return told, None


def calls_in(told: list[Event]) -> list[Called]:
    return [event for event in told if isinstance(event, Called)]


def outcomes(told: list[Event]) -> list[tuple[str, str, Charge]]:
    return [(call.model, call.outcome, call.charge) for call in calls_in(told)]


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


def failed(error: AppError, charge: Charge = FREE, raw: RawAnswer | None = None) -> CallFailed:
    return CallFailed(error, charge, raw)


async def test_a_model_that_is_gone_is_replaced_by_the_next() -> None:
    provider = ScriptedProvider([ANSWERED, failed(ModelUnavailable("gone"))], [PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert outcomes(told) == [("first", "MODEL_UNAVAILABLE", FREE), ("second", "ok", PAID)]
    assert [call.cost_micros for call in calls_in(told)] == [0, COUNTED]


async def test_when_all_models_are_gone_the_purchase_fails_for_good() -> None:
    gone = [failed(ModelUnavailable("gone"))]
    told, error = await buy(ScriptedProvider(gone, gone))
    assert isinstance(error, ModelUnavailable)
    assert error.facts == {"model": "second", "request_id": ""}
    assert [outcome for _, outcome, _ in outcomes(told)] == ["MODEL_UNAVAILABLE"] * 2


async def test_a_refused_parameter_is_left_out_and_the_model_asked_again() -> None:
    provider = ScriptedProvider()
    instead = replace(provider.commission(ORDER, "first"), without=frozenset({"stream"}))
    again = AskAgain(ProviderRejectedRequest("no stream"), instead)
    provider = ScriptedProvider([ANSWERED, again], [ANSWERED, PAINTED])
    told, error = await buy(provider)
    assert error is None
    assert [set(commission.without) for commission in provider.asked] == [set(), {"stream"}]
    assert outcomes(told) == [
        ("first", "PROVIDER_REJECTED_REQUEST", FREE),
        ("first", "ok", PAID),
    ]


async def test_a_model_that_refuses_without_end_is_given_up() -> None:
    commission = ScriptedProvider().commission(ORDER, "first")
    again: list[Act] = [ANSWERED, AskAgain(ProviderRejectedRequest("no"), commission)]
    provider = ScriptedProvider(*[again] * 9)
    _, error = await buy(provider)
    assert isinstance(error, ProviderRejectedRequest)
    assert len(provider.asked) == 4


@pytest.mark.parametrize("charge", [PAID, UNKNOWN])
async def test_after_a_call_that_may_be_charged_nobody_else_is_asked(charge: Charge) -> None:
    one = ScriptedProvider([ANSWERED, failed(ModelUnavailable("gone"), charge)])
    other = ScriptedProvider(name="other")
    told, error = await buy(one, other)
    assert isinstance(error, ModelUnavailable)
    assert outcomes(told) == [("first", "MODEL_UNAVAILABLE", charge)]
    assert [call.cost_micros for call in calls_in(told)] == [ESTIMATED + len("first")]


async def test_the_next_provider_is_asked_where_the_first_certainly_took_nothing() -> None:
    one = ScriptedProvider([failed(ProviderKeyRejected("no"))])
    other = ScriptedProvider([PAINTED], name="other", models=("third",))
    told, error = await buy(one, other)
    assert error is None
    assert outcomes(told) == [("first", "PROVIDER_KEY_REJECTED", FREE), ("third", "ok", PAID)]
    assert [call.provider for call in calls_in(told)] == ["one", "other"]


async def test_what_moderation_refused_is_offered_to_nobody_else() -> None:
    one = ScriptedProvider([failed(ModerationBlocked("no"))])
    other = ScriptedProvider(name="other")
    _, error = await buy(one, other)
    assert isinstance(error, ModerationBlocked)
    assert not other.asked


async def test_each_request_of_a_purchase_has_a_key_of_its_own() -> None:
    order = replace(ORDER, purchase_key="gen-1.1.1")
    commission = ScriptedProvider().commission(order, "first")
    gone = failed(ModelUnavailable("gone"))
    again = AskAgain(ProviderRejectedRequest("no stream"), commission)
    provider = ScriptedProvider([again], [gone], [PAINTED])
    await buy(provider, order=order)
    keys = [asked.purchase_key for asked in provider.asked]
    assert keys == ["gen-1.1.1", "gen-1.1.1.1", "gen-1.1.1.2"]


async def test_a_prompt_that_no_model_takes_is_refused_by_its_field() -> None:
    _, error = await buy(ScriptedProvider(), order=replace(ORDER, prompt="x" * 10_000))
    assert isinstance(error, InvalidRequest)
    assert [mistake.field for mistake in error.fields] == ["prompt"]
    assert "at most 9999 characters" in error.message


async def test_a_wish_for_a_model_asks_that_one_alone() -> None:
    provider = ScriptedProvider([failed(ModelUnavailable("gone"))])
    told, error = await buy(provider, order=replace(ORDER, model="second"))
    assert isinstance(error, ModelUnavailable)
    assert outcomes(told) == [("second", "MODEL_UNAVAILABLE", FREE)]


async def test_a_model_that_is_not_for_sale_is_refused_by_its_field() -> None:
    _, error = await buy(ScriptedProvider(), order=replace(ORDER, model="third"))
    assert isinstance(error, InvalidRequest)
    assert [mistake.field for mistake in error.fields] == ["model"]
    assert "first, second" in error.message


def test_an_estimate_is_that_of_the_most_expensive_model() -> None:
    buyer = Buyer((ScriptedProvider(),), TERMS)
    assert buyer.estimate(ORDER) == Estimate(provider="one", model="second", micros=1006)
    assert buyer.estimate(replace(ORDER, model="first")).micros == 1005


@pytest.mark.parametrize(
    ("call", "expected", "charge", "kept"),
    [
        ([ANSWERED, failed(ModerationBlocked("no"))], ModerationBlocked, FREE, None),
        (
            [ANSWERED, failed(ProviderUnavailable("no"), UNKNOWN)],
            ProviderUnavailable,
            UNKNOWN,
            None,
        ),
        ([ANSWERED, failed(ProviderBadAnswer("?"), PAID, RAW)], ProviderBadAnswer, PAID, RAW),
        ([ANSWERED, replace(PAINTED, image=b"no image")], ProviderBadAnswer, PAID, RAW),
    ],
)
async def test_a_failed_call_is_told_before_it_is_raised_and_made_only_once(
    call: Sequence[Act], expected: type[AppError], charge: Charge, kept: RawAnswer | None
) -> None:
    provider = ScriptedProvider(call)
    told, error = await buy(provider)
    assert type(error) is expected
    assert error.facts["model"] == "first"
    assert outcomes(told) == [("first", expected.code, charge)]
    assert [event.raw for event in told if isinstance(event, Unreadable)] == [kept] * bool(kept)
    assert len(provider.asked) == provider.closed == 1


async def test_an_unreadable_answer_is_told_with_all_that_reading_it_again_needs() -> None:
    told, _ = await buy(ScriptedProvider([failed(ProviderBadAnswer("?"), PAID, RAW)]))
    assert told[-1] == Unreadable(
        raw=RAW, provider="one", model="first", quality="high", prompt="A lighthouse, vivid"
    )


async def test_even_a_mistake_of_ours_does_not_hide_a_call() -> None:
    told: list[Event] = []
    with pytest.raises(ZeroDivisionError):
        await Buyer((ScriptedProvider([ANSWERED, ZeroDivisionError()]),), TERMS).buy(
            ORDER, None, told.append
        )
    assert outcomes(told) == [("first", "INTERNAL_ERROR", UNKNOWN)]


async def test_a_model_that_never_ends_is_given_up_and_may_have_been_charged() -> None:
    provider = ScriptedProvider([ANSWERED, asyncio.Event()])
    told, error = await buy(provider, terms=replace(TERMS, timeout_seconds=0.2))
    assert isinstance(error, ProviderUnavailable)
    assert outcomes(told) == [("first", "PROVIDER_UNAVAILABLE", UNKNOWN)]
    assert provider.closed == 1


async def test_a_paid_image_that_does_not_come_in_time_is_kept_by_its_address() -> None:
    provider = ScriptedProvider([ANSWERED, Paid(raw=RAW), asyncio.Event()])
    told, error = await buy(provider, terms=replace(TERMS, timeout_seconds=0.2))
    assert isinstance(error, ProviderBadAnswer)
    assert outcomes(told) == [("first", "PROVIDER_BAD_ANSWER", PAID)]
    assert [event.raw for event in told if isinstance(event, Unreadable)] == [RAW]


async def test_the_deadline_of_the_caller_bounds_the_call() -> None:
    provider = ScriptedProvider([asyncio.Event()])
    async with asyncio.timeout(10):
        told, error = await buy(provider, seconds=0.6)
    assert isinstance(error, ProviderUnavailable)
    assert outcomes(told) == [("first", "PROVIDER_UNAVAILABLE", UNKNOWN)]


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
