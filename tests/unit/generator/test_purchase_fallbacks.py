"""Who is asked next when a call to a provider bought nothing."""

from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import (
    InvalidRequest,
    ModelUnavailable,
    ModerationBlocked,
    ProviderKeyRejected,
    ProviderRejectedRequest,
)
from services.generator.providers.port import AskAgain
from tests.unit.generator.scripted_provider import (
    ANSWERED,
    COUNTED,
    ESTIMATED,
    FREE,
    ORDER,
    PAID,
    PAINTED,
    UNKNOWN,
    Act,
    ScriptedProvider,
    buy,
    calls_in,
    failed,
    outcomes,
)


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
