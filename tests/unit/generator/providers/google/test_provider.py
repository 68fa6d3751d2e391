import base64
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.common.settings import load
from services.generator.orders import Order
from services.generator.providers.google.models import abilities_of
from services.generator.providers.google.opening import open_provider
from services.generator.providers.google.provider import GoogleProvider
from services.generator.providers.port import Answered, CallFailed, Painted, PaintEvent, RawAnswer
from services.generator.references import Reference
from services.generator.settings import GeneratorSettings
from services.generator.sizes import Shape
from tests.servers.openai_api import picture
from tests.servers.scripted_http import Scripted, ScriptedApi, said, scripted_api

THREADS = ThreadPoolExecutor(1)
MODEL = "gemini-3.1-flash-image"
WIDE = Shape(width=1200, height=675)
ORDER = Order(prompt="A lighthouse", targets=(WIDE,), quality="hd", style="vivid")
IMAGE = picture()
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN


def answer(*parts: object, **more: object) -> dict[str, object]:
    candidate = {"content": {"parts": list(parts), "role": "model"}, "finishReason": "STOP"}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 1680, "totalTokenCount": 1689}
    return {"candidates": [candidate], "usageMetadata": usage, **more}


def image_part(data: bytes = IMAGE) -> dict[str, object]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(data).decode()}}


def stopped(reason: str) -> dict[str, object]:
    return {"candidates": [{"finishReason": reason}]}


@asynccontextmanager
async def provider_of(
    *replies: Scripted, **more: str
) -> AsyncIterator[tuple[ScriptedApi, GoogleProvider]]:
    async with scripted_api(*replies) as api:
        known = {
            "IMAGE_PROVIDERS": "google",
            "GOOGLE_API_KEY": "AIza-test",
            "GOOGLE_BASE_URL": api.origin,
        }
        settings = load(GeneratorSettings, {**known, **more})
        async with open_provider(settings, THREADS) as provider:
            yield api, provider


async def paint(provider: GoogleProvider, order: Order = ORDER) -> list[PaintEvent]:
    async with aclosing(provider.paint(provider.commission(order, MODEL))) as events:
        return [event async for event in events]


async def failed(*replies: Scripted) -> tuple[CallFailed, ScriptedApi]:
    async with provider_of(*replies) as (api, provider):
        with pytest.raises(CallFailed) as failure:
            await paint(provider)
        return failure.value, api


async def test_an_image_is_bought_with_one_call_that_names_ratio_and_resolution() -> None:
    async with provider_of(said(answer({"text": "Here it is"}, image_part()))) as (api, provider):
        first, painted = await paint(provider)
        assert isinstance(painted, Painted)
        assert first == Answered(request_id="", stand_in=False)
        assert painted.image == IMAGE
        commission = provider.commission(ORDER, MODEL)
        assert provider.cost_micros(commission, painted.usage) == round(9 * 0.5 + 1680 * 60)
    (asked,) = api.asked
    assert asked.path.endswith(f"/models/{MODEL}:generateContent")
    assert asked.headers["x-goog-api-key"] == "AIza-test"
    config = asked.said["generationConfig"]
    assert config["responseModalities"] == ["IMAGE"]
    assert config["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "2K"}
    assert "vivid" in asked.said["contents"][0]["parts"][0]["text"]


async def test_the_last_picture_counts_where_a_model_thinks_in_pictures() -> None:
    last = picture(32, 32)
    async with provider_of(said(answer(image_part(), image_part(last)))) as (_, provider):
        painted = (await paint(provider))[-1]
        assert isinstance(painted, Painted)
        assert painted.image == last


@pytest.mark.parametrize(
    ("status", "name", "error", "charge"),
    [
        (400, "INVALID_ARGUMENT", ProviderRejectedRequest, FREE),
        (400, "FAILED_PRECONDITION", ProviderQuotaExceeded, FREE),
        (401, "UNAUTHENTICATED", ProviderKeyRejected, FREE),
        (403, "PERMISSION_DENIED", ProviderKeyRejected, FREE),
        (404, "NOT_FOUND", ModelUnavailable, FREE),
        (429, "RESOURCE_EXHAUSTED", ProviderRateLimited, FREE),
        (500, "INTERNAL", ProviderUnavailable, UNKNOWN),
        (503, "UNAVAILABLE", ProviderUnavailable, UNKNOWN),
        (504, "DEADLINE_EXCEEDED", ProviderUnavailable, UNKNOWN),
        (418, "NEVER_SEEN", ProviderRejectedRequest, FREE),
    ],
)
async def test_each_refusal_has_its_error_and_its_charge_and_is_asked_once(
    status: int, name: str, error: type[AppError], charge: Charge
) -> None:
    body = {"error": {"code": status, "message": "No.", "status": name}}
    failure, api = await failed(said(body, status))
    assert type(failure.error) is error
    assert (failure.charge, failure.raw) == (charge, None)
    assert len(api.asked) == 1


async def test_a_key_that_is_none_is_told_as_such() -> None:
    words = "API key not valid. Please pass a valid API key."
    body = {"error": {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}}
    failure, _ = await failed(said(body, 400))
    assert isinstance(failure.error, ProviderKeyRejected)
    assert "GOOGLE_API_KEY" in failure.error.message


async def test_the_wait_that_a_detail_asks_for_is_heard() -> None:
    delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "21s"}
    body = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [delay]}}
    failure, _ = await failed(said(body, 429))
    assert failure.error.retry_after_seconds == 21


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b'{"error": "no"}'])
async def test_an_error_answer_of_any_shape_is_a_refusal(body: bytes) -> None:
    failure, api = await failed(Scripted(status=403, body=body))
    assert isinstance(failure.error, ProviderKeyRejected)
    assert len(api.asked) == 1


async def test_an_error_answer_that_the_sdk_cannot_read_may_have_been_charged() -> None:
    failure, api = await failed(Scripted(status=403, body=b"\xff" * 50))
    assert (type(failure.error), failure.charge) == (ProviderUnavailable, UNKNOWN)
    assert len(api.asked) == 1


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "JAILBREAK"])
async def test_a_prompt_that_was_blocked_cost_nothing(reason: str) -> None:
    failure, _ = await failed(said({"promptFeedback": {"blockReason": reason}}))
    assert isinstance(failure.error, ModerationBlocked)
    assert failure.charge is FREE


@pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "SAFETY", "IMAGE_RECITATION"])
async def test_an_image_that_was_withheld_is_paid_for(reason: str) -> None:
    failure, _ = await failed(said(stopped(reason)))
    assert isinstance(failure.error, ModerationBlocked)
    assert failure.charge is PAID


@pytest.mark.parametrize(
    "body",
    [
        stopped("NO_IMAGE"),
        answer({"text": "I cannot draw."}),
        answer({"inlineData": {"data": "%%%"}}),
        answer({"inlineData": {"data": 5}}),
        {"candidates": "none"},
        [],
        "words",
    ],
)
async def test_a_good_answer_without_an_image_is_paid_for_and_kept(body: object) -> None:
    failure, api = await failed(said(body))
    assert isinstance(failure.error, ProviderBadAnswer)
    assert failure.charge is PAID
    assert failure.raw is not None
    assert len(api.asked) == 1


async def test_a_connection_that_breaks_may_have_been_charged() -> None:
    failure, api = await failed(Scripted(disconnects=True))
    assert (type(failure.error), failure.charge) == (ProviderUnavailable, UNKNOWN)
    assert len(api.asked) == 1


async def test_nobody_at_the_address_costs_nothing() -> None:
    async with provider_of(said({}), GOOGLE_BASE_URL="http://127.0.0.1:1") as (_, provider):
        with pytest.raises(CallFailed) as failure:
            await paint(provider)
    assert failure.value.charge is FREE


async def test_an_answer_without_end_is_paid_for_and_not_read_to_its_end() -> None:
    large = Scripted(body=b'{"candidates": "' + b"x" * 4_000_000 + b'"}')
    async with provider_of(large, GENERATOR_MAX_IMAGE_BYTES="1000000") as (_, provider):
        with pytest.raises(CallFailed) as failure:
            await paint(provider)
    assert (type(failure.value.error), failure.value.charge) == (ProviderBadAnswer, PAID)


async def test_a_kept_answer_is_read_again_without_a_call() -> None:
    failure, api = await failed(said(answer({"text": "later"})))
    assert failure.raw
    async with provider_of(said({})) as (_, provider):
        with pytest.raises(ProviderBadAnswer):
            await provider.read(failure.raw)
        kept = RawAnswer("application/json", said(answer(image_part())).body)
        assert (await provider.read(kept)).image == IMAGE
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("model", "quality", "resolution"),
    [
        ("gemini-3.1-flash-image", "max", "4K"),
        ("gemini-3.1-flash-image", "", "1K"),
        ("gemini-2.5-flash-image", "hd", "1K"),
        ("gemini-3-pro-image", "high", "2K"),
    ],
)
async def test_a_quality_becomes_a_resolution_that_the_model_has(
    model: str, quality: str, resolution: str
) -> None:
    async with provider_of(said({})) as (_, provider):
        commission = provider.commission(Order(prompt="A boat", quality=quality), model)
        assert commission.quality == resolution
        assert provider.cost_micros(commission, None) > 0


async def test_the_pictures_of_an_edit_come_before_the_prompt() -> None:
    pictures = tuple(Reference(data=data, content_type="image/jpeg") for data in (b"one", b"two"))
    async with provider_of(said(answer(image_part()))) as (api, provider):
        await paint(provider, replace(ORDER, references=pictures))
    parts = api.asked[0].said["contents"][0]["parts"]
    assert [base64.b64decode(one["inlineData"]["data"]) for one in parts[:2]] == [b"one", b"two"]
    assert parts[2]["text"].startswith("A lighthouse")


def test_older_models_take_fewer_pictures() -> None:
    assert abilities_of("gemini-2.5-flash-image").references == 3
    assert abilities_of("gemini-3-pro-image").references == 14
