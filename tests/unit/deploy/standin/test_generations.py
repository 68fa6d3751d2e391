"""A generation as the SDK sees it."""

import base64
import io
import re
from typing import Literal

import pytest
from openai import AsyncOpenAI, AuthenticationError
from PIL import Image

from .conftest import KEY, Standin

MODEL = "gpt-image-2"


def opened(b64_json: str | None) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(b64_json or "")))
    image.load()
    return image


@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
async def test_an_image_has_the_format_and_the_size_that_were_asked(
    standin: Standin, output_format: Literal["png", "jpeg", "webp"]
) -> None:
    answer = await standin.sdk.images.generate(
        model=MODEL,
        prompt="A lighthouse",
        size="1216x640",
        quality="low",
        output_format=output_format,
    )
    assert answer.data is not None
    image = opened(answer.data[0].b64_json)
    assert (image.format, image.size) == (output_format.upper(), (1216, 640))
    assert (answer.size, answer.quality) == ("1216x640", "low")
    assert answer.data[0].revised_prompt is None
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 0


async def test_auto_values_are_settled_in_the_answer(standin: Standin) -> None:
    answer = await standin.sdk.images.generate(
        model=MODEL, prompt="A castle", size="auto", quality="auto", background="auto"
    )
    assert (answer.size, answer.quality, answer.background) == ("1024x1024", "medium", "opaque")


async def test_less_care_paints_another_picture_at_the_same_price(standin: Standin) -> None:
    body = {"model": MODEL, "prompt": "A castle", "size": "1024x1024"}
    _, usual = await standin.post(body)
    _, careless = await standin.post(body, **{"x-standin-care": "low"})
    assert careless["usage"] == usual["usage"]
    assert careless["data"] != usual["data"]


async def test_a_transparent_background_has_clear_corners(standin: Standin) -> None:
    answer = await standin.sdk.images.generate(
        model=MODEL, prompt="A boat", quality="low", background="transparent"
    )
    assert answer.data is not None
    image = opened(answer.data[0].b64_json)
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert image.getpixel((512, 512))[3] == 255  # type: ignore[index]


async def test_a_stream_gives_previews_in_order_and_then_the_image(standin: Standin) -> None:
    stream = await standin.sdk.images.generate(
        model=MODEL,
        prompt="A forest",
        size="1024x1024",
        quality="low",
        stream=True,
        partial_images=3,
    )
    events = [event async for event in stream]
    assert [event.type for event in events] == [
        *["image_generation.partial_image"] * 3,
        "image_generation.completed",
    ]
    assert [getattr(event, "partial_image_index", None) for event in events] == [0, 1, 2, None]
    assert {opened(event.b64_json).size for event in events} == {(1024, 1024)}
    assert events[-1].usage.output_tokens > 0  # type: ignore[union-attr]
    assert {event.output_format for event in events} == {"png"}


async def test_a_stream_without_previews_is_one_event(standin: Standin) -> None:
    stream = await standin.sdk.images.generate(
        model=MODEL, prompt="A forest", quality="low", stream=True
    )
    assert [event.type async for event in stream] == ["image_generation.completed"]


async def test_every_reply_is_labelled_and_has_a_request_id(standin: Standin) -> None:
    for path in ("/healthz", "/v1/models", "/nowhere", "/standin/ledger"):
        async with standin.http.get(standin.address + path, headers=KEY) as response:
            assert response.headers["x-snapasset-standin"] == "1"
            assert re.fullmatch(r"req_[0-9a-f]{32}", response.headers["x-request-id"])
    raw = await standin.sdk.images.with_raw_response.generate(
        model=MODEL, prompt="A lighthouse", quality="low"
    )
    assert raw.headers["x-snapasset-standin"] == "1"
    assert raw.headers["x-request-id"].startswith("req_")


async def test_a_call_without_a_key_is_refused(standin: Standin) -> None:
    async with standin.http.get(f"{standin.address}/v1/models") as response:
        assert (response.status, (await response.json())["error"]["code"]) == (
            401,
            "invalid_api_key",
        )
    async with AsyncOpenAI(
        base_url=f"{standin.address}/v1",
        api_key="x",
        max_retries=0,
        default_headers={"authorization": "Basic abc"},
    ) as sdk:
        with pytest.raises(AuthenticationError):
            await sdk.images.generate(model=MODEL, prompt="A lighthouse")


async def test_the_live_models_are_listed(standin: Standin) -> None:
    listed = {model.id async for model in standin.sdk.models.list()}
    assert {"gpt-image-2", "gpt-image-2.5-flare-2026-09-08", "gpt-image-2.6-sunburst"} <= listed
    assert "gpt-image-1" not in listed


async def test_each_request_is_logged_with_its_answer(standin: Standin) -> None:
    await standin.sdk.images.generate(model=MODEL, prompt="A lighthouse", quality="low")
    line = standin.logged[-1]
    assert (line["status"], line["outcome"], line["prompt"]) == (200, "completed", "A lighthouse")
    assert line["standin"] is True
