"""Each fault as the SDK meets it, and what the ledger says afterwards."""

import asyncio
import base64
import io
import json
import time
from typing import Any

import openai
import pytest
from PIL import Image

from .conftest import KEY, Standin

MODEL = "gpt-image-2"
STATUS_FAULTS = [
    ("rate_limit", openai.RateLimitError, "rate_limit_exceeded"),
    ("quota", openai.RateLimitError, "insufficient_quota"),
    ("server_error", openai.InternalServerError, "server_error"),
    ("overloaded", openai.InternalServerError, "server_is_overloaded"),
    ("bad_key", openai.AuthenticationError, "invalid_api_key"),
    ("moderated", openai.BadRequestError, "moderation_blocked"),
]


async def generate(standin: Standin, prompt: str, **options: Any) -> Any:
    return await standin.sdk.images.generate(model=MODEL, prompt=prompt, quality="low", **options)


async def collect(standin: Standin, prompt: str, **options: Any) -> list[Any]:
    stream = await generate(standin, prompt, stream=True, partial_images=2, **options)
    return [event async for event in stream]


@pytest.mark.parametrize(("fault", "error", "code"), STATUS_FAULTS)
async def test_a_status_fault_is_the_error_that_openai_sends(
    standin: Standin, fault: str, error: type[openai.APIStatusError], code: str
) -> None:
    with pytest.raises(error) as caught:
        await generate(standin, f"A boat [standin: fail={fault}]")
    assert caught.value.code == code
    assert caught.value.request_id is not None
    report = await standin.ledger()
    assert report["counts"]["images_made"] == 0
    assert report["counts"]["outcomes"] == {code: 1}


async def test_a_rate_limit_says_how_long_to_wait(standin: Standin) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        await generate(
            standin,
            "A boat",
            extra_headers={"x-standin-fail": "rate_limit", "x-standin-retry-after": "3"},
        )
    assert caught.value.response.headers["retry-after"] == "3"


async def test_a_late_fault_is_an_error_event_in_the_stream(standin: Standin) -> None:
    with pytest.raises(openai.APIError) as caught:
        await collect(standin, "A boat [standin: fail=moderated late=true]")
    assert caught.value.code == "moderation_blocked"
    assert not isinstance(caught.value, openai.APIStatusError)


async def test_a_fault_with_times_heals(standin: Standin) -> None:
    prompt = "A boat [standin: fail=overloaded times=2]"
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await generate(standin, prompt)
    assert (await generate(standin, prompt)).data[0].b64_json
    report = await standin.ledger("A boat")
    assert report["counts"]["calls"] == 3
    assert report["counts"]["images_sent"] == 1


async def test_an_empty_answer_has_no_image(standin: Standin) -> None:
    assert (await generate(standin, "A boat [standin: fail=empty]")).data == []
    assert await collect(standin, "A boat [standin: fail=empty]") == []


async def test_rubbish_is_base64_of_no_image(standin: Standin) -> None:
    answer = await generate(standin, "A boat [standin: fail=rubbish]")
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json)))


async def test_a_broken_answer_ends_the_connection(standin: Standin) -> None:
    with pytest.raises(openai.APIConnectionError):
        await generate(standin, "A boat [standin: fail=broken]")
    with pytest.raises(openai.APIConnectionError):
        await collect(standin, "A boat [standin: fail=broken]")
    counts = (await standin.ledger())["counts"]
    assert (counts["images_made"], counts["images_sent"]) == (2, 0)


async def test_half_a_stream_ends_after_one_preview(standin: Standin) -> None:
    events = await collect(standin, "A boat [standin: fail=half]")
    assert [event.type for event in events] == ["image_generation.partial_image"]


async def test_half_an_answer_is_cut_json(standin: Standin) -> None:
    body = {"model": MODEL, "prompt": "A boat", "quality": "low"}
    headers = {**KEY, "x-standin-fail": "half"}
    url = f"{standin.address}/v1/images/generations"
    async with standin.http.post(url, json=body, headers=headers) as response:
        text = await response.text()
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


async def test_an_address_leads_to_the_image(standin: Standin) -> None:
    answer = await generate(standin, "A boat [standin: fail=url]", output_format="jpeg")
    assert answer.data[0].b64_json is None
    async with standin.http.get(answer.data[0].url) as response:
        assert response.content_type == "image/jpeg"
        assert Image.open(io.BytesIO(await response.read())).size == (1024, 1024)
    assert (await standin.ledger())["counts"]["images_sent"] == 1


async def test_a_silent_call_ends_when_the_client_leaves(standin: Standin) -> None:
    with pytest.raises(openai.APITimeoutError):
        await generate(standin, "A boat [standin: fail=silent]", timeout=0.3)
    await standin.wait_for("A boat", {"client_left": 1})


async def test_a_delay_is_spread_over_the_stream(standin: Standin) -> None:
    start = time.monotonic()
    stream = await generate(standin, "A boat [standin: delay=0.9]", stream=True, partial_images=2)
    times = [time.monotonic() - start async for _ in stream]
    assert len(times) == 3
    assert times[0] >= 0.3
    assert times[2] >= 0.9
    assert times[2] - times[0] >= 0.5


async def test_a_wrong_directive_is_refused_in_words(standin: Standin) -> None:
    with pytest.raises(openai.BadRequestError, match="fail must be one or more of"):
        await generate(standin, "A boat [standin: fail=everything]")


async def test_a_hundred_slow_calls_leave_the_server_responsive(standin: Standin) -> None:
    slow = [
        asyncio.create_task(generate(standin, f"Slow {number} [standin: delay=30]"))
        for number in range(100)
    ]
    await standin.wait_for("Slow", {"in_progress": 100})
    start = time.monotonic()
    async with standin.http.get(f"{standin.address}/healthz") as response:
        assert response.status == 200
    assert time.monotonic() - start < 1
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_what_is_paid_for_and_lost_is_in_the_ledger(standin: Standin) -> None:
    with pytest.raises(openai.InternalServerError):
        await generate(standin, "A cat [standin: fail=paid_error]")
    with pytest.raises((openai.APIError, AttributeError, TypeError)):
        (await generate(standin, "A cat [standin: fail=paid_page]")).data[0]
    counts = (await standin.ledger())["counts"]
    assert (counts["images_made"], counts["images_sent"]) == (2, 0)
