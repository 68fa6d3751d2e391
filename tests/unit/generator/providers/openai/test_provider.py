import asyncio
import hashlib
from contextlib import aclosing
from dataclasses import replace

import pytest

from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.common.settings import load
from services.generator.orders import Order
from services.generator.providers.openai.provider import open_provider
from services.generator.providers.port import (
    Answered,
    Commission,
    Painted,
    PaintEvent,
    Partial,
    StreamRefused,
    Usage,
)
from services.generator.settings import GeneratorSettings
from services.generator.sizes import Shape
from tests.servers.openai_api import (
    OpenAIApi,
    Reply,
    answer,
    base64_of,
    completed_event,
    openai_api,
    partial_event,
    refusal,
    streamed,
    whole,
)

COMMISSION = Commission(
    model="gpt-image-2",
    prompt="A lighthouse",
    size=Shape(width=1088, height=1088),
    quality="medium",
    previews=2,
)
PLAIN = Commission(
    model="sdxl",
    prompt="A lighthouse",
    size=Shape(width=1024, height=1024),
    quality="high",
    end_user="ada",
    streamed=False,
)
TALL = Shape(width=1080, height=1920)
COUNTED = Usage(input_tokens=12, output_tokens=1056, total_tokens=1068)
ANSWERED = Answered(request_id="req_1", stand_in=False)


def settings_for(api: OpenAIApi, **more: str) -> GeneratorSettings:
    known = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": api.base_url}
    return load(GeneratorSettings, {**known, **more})


async def paint(
    *replies: Reply, commission: Commission = COMMISSION, **settings: str
) -> tuple[list[PaintEvent], AppError | StreamRefused | None, OpenAIApi]:
    """Return what one call yields and raises, and the server that it asked."""
    events: list[PaintEvent] = []
    error = None
    async with (
        openai_api(*replies) as api,
        open_provider(settings_for(api, **settings)) as provider,
    ):
        try:
            async for event in provider.paint(commission):
                events.append(event)  # not as a list at once: what came before an error counts
        except (AppError, StreamRefused) as raised:
            error = raised
    return events, error, api


async def test_a_model_is_asked_in_its_own_words() -> None:
    order = Order(prompt="A lighthouse", style="vivid", quality="hd", end_user="ada", previews=2)
    async with openai_api() as api, open_provider(settings_for(api)) as provider:
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
    assert events == [ANSWERED, Partial(image=b"rough"), Painted(image=b"done", usage=COUNTED)]
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
    assert events == [ANSWERED, Painted(image=b"done", usage=COUNTED)]
    assert api.bodies[0]["safety_identifier"] == hashlib.sha256(b"ada").hexdigest()
    assert "stream" not in api.bodies[0]


async def test_a_server_that_ignores_the_wish_for_a_stream_is_understood() -> None:
    image = {"b64_json": base64_of(b"done"), "revised_prompt": "A tall lighthouse"}
    events, _, _ = await paint(whole(image))
    assert events[-1] == Painted(image=b"done", usage=COUNTED, revised_prompt="A tall lighthouse")


@pytest.mark.parametrize("in_stream", [True, False])
async def test_an_image_given_by_address_is_downloaded(in_stream: bool) -> None:
    async with openai_api() as api, open_provider(settings_for(api)) as provider:
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


@pytest.mark.parametrize("counted", [None, "many", {"input_tokens": -5}, {"input_tokens": "7"}])
async def test_a_strange_count_of_tokens_costs_no_image(counted: object) -> None:
    events, error, _ = await paint(streamed({**completed_event(b"done"), "usage": counted}))
    assert error is None
    assert isinstance(events[-1], Painted)


async def test_a_broken_partial_image_is_dropped() -> None:
    broken = {"type": "image_generation.partial_image", "b64_json": "*"}
    events, error, _ = await paint(streamed(broken, completed_event(b"done")))
    assert error is None
    assert [type(event) for event in events] == [Answered, Painted]


async def test_a_stream_that_ends_early_ends_without_the_image() -> None:
    events, error, _ = await paint(streamed(partial_event(b"rough")))
    assert error is None
    assert events == [ANSWERED, Partial(image=b"rough")]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (whole(None), ProviderBadAnswer),
        (whole({}), ProviderBadAnswer),
        (whole({"b64_json": "***"}), ProviderBadAnswer),
        (whole({"url": "http://elsewhere.test/a.png"}), ProviderBadAnswer),
        (answer(200, []), ProviderBadAnswer),
        (answer(200, {"error": {"code": "moderation_blocked"}}), ModerationBlocked),
        (Reply(body=b"<html>"), ProviderBadAnswer),
        (Reply(body=b"x" * 7000), ProviderBadAnswer),
        (streamed(body=b"data: {\n\n"), ProviderBadAnswer),
        (streamed({"type": "image_generation.completed"}), ProviderBadAnswer),
        (streamed({"type": "error", "error": {"code": "moderation_blocked"}}), ModerationBlocked),
        (streamed({"type": "error", "code": "rate_limit_exceeded"}), ProviderRateLimited),
        (streamed(partial_event(b"rough"), breaks_off=True), ProviderUnavailable),
        (Reply(breaks_off=True, body=b"{"), ProviderUnavailable),
        (refusal(404, "model_not_found"), ModelUnavailable),
        (refusal(307, headers={"location": "http://elsewhere.test/"}), ProviderRejectedRequest),
    ],
)
async def test_a_useless_answer_raises_what_it_means(
    reply: Reply, expected: type[AppError]
) -> None:
    events, error, _ = await paint(reply, GENERATOR_MAX_IMAGE_BYTES="1000")
    assert type(error) is expected
    assert isinstance(events[0], Answered)


async def test_a_refusal_is_asked_once_and_carries_the_request_id() -> None:
    reply = refusal(429, "rate_limit_exceeded", headers={"retry-after": "7"})
    events, error, api = await paint(reply)
    assert events == [ANSWERED]
    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after_seconds == 7
    assert len(api.bodies) == 1


@pytest.mark.parametrize("param", ["stream", "partial_images"])
async def test_a_refused_stream_is_told_apart(param: str) -> None:
    _, error, _ = await paint(refusal(400, "unknown_parameter", param=param))
    assert isinstance(error, StreamRefused)
    assert isinstance(error.error, ProviderRejectedRequest)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    async with openai_api() as api:
        settings = settings_for(api)
    async with open_provider(settings) as provider:
        with pytest.raises(ProviderUnavailable):
            await anext(provider.paint(COMMISSION))


@pytest.mark.parametrize("reply", [Reply(never_ends=True), streamed(never_ends=True)])
async def test_closing_the_generator_closes_the_call_at_once(reply: Reply) -> None:
    async with openai_api(reply) as api, open_provider(settings_for(api)) as provider:
        async with aclosing(provider.paint(COMMISSION)) as events:
            reading = asyncio.ensure_future(_drain(events))
            await asyncio.wait_for(api.asked.wait(), timeout=5)
            reading.cancel()
            await asyncio.wait({reading})
        await asyncio.wait_for(api.left.wait(), timeout=5)


async def _drain(events: object) -> None:
    async for _ in events:  # type: ignore[attr-defined]
        pass
