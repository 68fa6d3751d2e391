"""What follows when the image API refuses a call, or cannot be reached."""

from dataclasses import replace

import pytest

from services.common.errors import ProviderRejectedRequest, ProviderUnavailable
from services.generator.orders import Order
from services.generator.providers.port import AskAgain, CallFailed
from tests.servers.openai_api import Reply, answer, base64_of, openai_api, refusal, whole
from tests.unit.generator.providers.openai.calling import (
    ANSWERED,
    COMMISSION,
    FREE,
    UNKNOWN,
    opened,
    paint,
    settings_for,
)


async def test_a_refusal_is_asked_once_and_carries_the_request_id() -> None:
    reply = refusal(429, "rate_limit_exceeded", headers={"retry-after": "7"})
    events, failed, api = await paint(reply)
    assert events == [ANSWERED]
    assert isinstance(failed, CallFailed)
    assert failed.error.retry_after_seconds == 7
    assert len(api.bodies) == 1


@pytest.mark.parametrize(
    "reply",
    [
        refusal(400, "unknown_parameter", param="stream"),
        refusal(400, "unknown_parameter", param="partial_images"),
        refusal(400, None, message="Unknown parameter: 'partial_images'."),
        refusal(400, None, message="Streaming is not supported for this model"),
        answer(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "partial_images"]}]}),
        answer(422, {"detail": "stream: extra fields not permitted"}),
    ],
)
async def test_a_refused_stream_is_asked_again_without_it(reply: Reply) -> None:
    _, again, _ = await paint(reply)
    assert isinstance(again, AskAgain)
    assert isinstance(again.error, ProviderRejectedRequest)
    assert again.instead == replace(COMMISSION, without=frozenset({"stream", "partial_images"}))


async def test_a_parameter_that_was_refused_is_not_sent_again() -> None:
    no_quality = refusal(400, "400", type=None, message="does not support parameters: ['quality']")
    done = whole({"b64_json": base64_of(b"done")})
    order = Order(prompt="A lighthouse")
    async with openai_api(no_quality, done, done) as api, opened(settings_for(api)) as provider:
        with pytest.raises(AskAgain) as again:
            [event async for event in provider.paint(provider.commission(order, "gemini"))]
        assert [event async for event in provider.paint(again.value.instead)]
        assert [event async for event in provider.paint(provider.commission(order, "gemini"))]
    assert ["quality" in body for body in api.bodies] == [True, False, False]


async def test_a_parameter_that_a_fault_of_the_server_names_is_not_dropped() -> None:
    _, failed, _ = await paint(refusal(500, None, message="stream is not supported"))
    assert isinstance(failed, CallFailed)
    assert failed.charge is UNKNOWN


async def test_a_server_that_is_not_there_has_charged_nothing() -> None:
    async with openai_api() as api:
        settings = settings_for(api)
    async with opened(settings) as provider:
        with pytest.raises(CallFailed) as failed:
            await anext(provider.paint(COMMISSION))
    assert (type(failed.value.error), failed.value.charge) == (ProviderUnavailable, FREE)


async def test_a_key_in_an_answer_or_an_exception_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await paint(refusal(401, "invalid_api_key", message="Incorrect API key: sk-test"))
    assert caplog.records
    assert "sk-test" not in str([record.__dict__ for record in caplog.records])
