import asyncio
import hashlib
from contextlib import aclosing
from dataclasses import replace

import pytest

from services.generator.orders import Order
from services.generator.providers.port import Answered, Painted, Partial, Usage
from services.generator.sizes import Shape
from tests.servers.openai_api import (
    Reply,
    base64_of,
    completed_event,
    openai_api,
    partial_event,
    streamed,
    whole,
)
from tests.unit.generator.providers.openai.calling import (
    ANSWERED,
    COMMISSION,
    PLAIN,
    opened,
    paint,
    painted_in,
    settings_for,
)

TALL = Shape(width=1080, height=1920)
COUNTED = Usage(input_tokens=12, output_tokens=1056, total_tokens=1068)


async def test_a_model_is_asked_in_its_own_words() -> None:
    order = Order(prompt="A lighthouse", style="vivid", quality="hd", end_user="ada", previews=2)
    async with openai_api() as api, opened(settings_for(api)) as provider:
        commission = provider.commission(order, "gpt-image-2")
        tall = provider.commission(replace(order, targets=(TALL,)), "gpt-image-2")
        listed = provider.commission(replace(order, targets=(TALL,)), "gpt-image-1.5")
    assert commission.prompt.startswith("A lighthouse\n\nStyle: vivid")
    assert (commission.quality, commission.end_user, commission.previews) == ("high", "ada", 2)
    assert commission.size == Shape(width=1024, height=1024)
    assert tall.size == Shape(width=944, height=1664)
    assert listed.size == Shape(width=1024, height=1536)


async def test_a_stream_yields_partial_images_and_the_image() -> None:
    reply = streamed(partial_event(b"rough"), {"type": "unknown"}, completed_event(b"done"))
    events, error, api = await paint(reply)
    assert error is None
    assert events[:2] == [ANSWERED, Partial(image=b"rough")]
    assert isinstance(events[2], Painted)
    assert (events[2].image, events[2].usage) == (b"done", COUNTED)
    assert events[2].raw.content_type == "text/event-stream"
    assert base64_of(b"done").encode() in events[2].raw.data
    assert api.bodies == [
        {
            "model": "gpt-image-2",
            "prompt": "A lighthouse",
            "size": "1088x1088",
            "quality": "medium",
            "stream": True,
            "partial_images": 2,
        }
    ]
    assert api.headers[0]["authorization"] == "Bearer sk-test"


async def test_a_plain_call_names_the_end_user_by_a_digest_only() -> None:
    events, _, api = await paint(whole({"b64_json": base64_of(b"done")}), commission=PLAIN)
    assert painted_in(events) == [(b"done", "")]
    assert api.bodies[0]["safety_identifier"] == hashlib.sha256(b"ada").hexdigest()
    assert "stream" not in api.bodies[0]


async def test_a_server_that_ignores_the_wish_for_a_stream_is_understood() -> None:
    image = {"b64_json": base64_of(b"done"), "revised_prompt": "A tall lighthouse"}
    events, _, _ = await paint(whole(image))
    assert painted_in(events) == [(b"done", "A tall lighthouse")]


@pytest.mark.parametrize("in_stream", [True, False])
async def test_an_image_given_by_address_is_downloaded(in_stream: bool) -> None:
    async with openai_api() as api, opened(settings_for(api)) as provider:
        image = {"url": f"{api.origin}/files/a.png"}
        completed = {"type": "image_generation.completed", **image}
        api.replies.append(streamed(completed) if in_stream else whole(image))
        api.files["a.png"] = [Reply(body=b"done")]
        events = [event async for event in provider.paint(COMMISSION)]
    assert isinstance(events[-1], Painted)
    assert events[-1].image == b"done"


async def test_the_stand_in_is_recognised() -> None:
    reply = streamed(completed_event(b"done"), headers={"x-snapasset-standin": "1"})
    events, _, _ = await paint(reply)
    assert events[0] == Answered(request_id="req_1", stand_in=True)


async def test_the_purchase_is_named_by_its_key() -> None:
    key = "gen-1.master-1.purchase-2"
    _, _, api = await paint(
        streamed(completed_event(b"done")), commission=replace(COMMISSION, purchase_key=key)
    )
    assert api.headers[0]["idempotency-key"] == key


@pytest.mark.parametrize("reply", [Reply(never_ends=True), streamed(never_ends=True)])
async def test_closing_the_generator_closes_the_call_at_once(reply: Reply) -> None:
    async with openai_api(reply) as api, opened(settings_for(api)) as provider:
        async with aclosing(provider.paint(COMMISSION)) as events:
            reading = asyncio.ensure_future(_drain(events))
            await asyncio.wait_for(api.asked.wait(), timeout=5)
            reading.cancel()
            await asyncio.wait({reading})
        await asyncio.wait_for(api.left.wait(), timeout=5)


async def _drain(events: object) -> None:
    async for _ in events:  # type: ignore[attr-defined]
        pass
