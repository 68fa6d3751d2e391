"""What a purchase tells of a call that failed, and what it keeps of an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderUnavailable,
)
from services.generator.events import Event, Unreadable
from services.generator.providers.port import Paid, RawAnswer
from services.generator.purchase import Buyer
from tests.unit.generator.scripted_provider import (
    ANSWERED,
    FREE,
    ORDER,
    PAID,
    PAINTED,
    RAW,
    TERMS,
    UNKNOWN,
    Act,
    ScriptedProvider,
    buy,
    failed,
    outcomes,
)


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
