import asyncio
import gzip
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace

import pytest

from services.common.charge import Charge
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
from services.generator.providers.openai.opening import open_provider
from services.generator.providers.openai.provider import OpenAIProvider
from services.generator.providers.port import (
    Answered,
    AskAgain,
    CallFailed,
    Commission,
    Painted,
    PaintEvent,
    Partial,
    RawAnswer,
    Usage,
)
from services.generator.settings import GeneratorSettings
from services.generator.sizes import Shape
from tests.servers.openai_api import (
    USAGE,
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
    without=frozenset({"stream", "partial_images"}),
)
TALL = Shape(width=1080, height=1920)
COUNTED = Usage(input_tokens=12, output_tokens=1056, total_tokens=1068)
ANSWERED = Answered(request_id="req_1", stand_in=False)
THREADS = ThreadPoolExecutor(1)
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN


def settings_for(api: OpenAIApi, **more: str) -> GeneratorSettings:
    known = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": api.base_url,
        "IMAGE_API_PROFILE": "openai",
    }
    return load(GeneratorSettings, {**known, **more})


def opened(settings: GeneratorSettings) -> AbstractAsyncContextManager[OpenAIProvider]:
    return open_provider(settings, THREADS)


async def paint(
    *replies: Reply,
    commission: Commission = COMMISSION,
    models: Reply | None = None,
    **settings: str,
) -> tuple[list[PaintEvent], CallFailed | AskAgain | None, OpenAIApi]:
    """Return what one call yields and raises, and the server that it asked."""
    events: list[PaintEvent] = []
    error = None
    async with (
        openai_api(*replies, models=models) as api,
        opened(settings_for(api, **settings)) as provider,
    ):
        try:
            async for event in provider.paint(commission):
                events.append(event)  # not as a list at once: what came before an error counts
        except (CallFailed, AskAgain) as raised:
            error = raised
    return events, error, api


def painted_in(events: list[PaintEvent]) -> list[tuple[bytes, str]]:
    return [(one.image, one.revised_prompt) for one in events if isinstance(one, Painted)]


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


BODY = {"data": [{"b64_json": "***"}], "created": 1, "usage": USAGE}


@pytest.mark.parametrize(
    ("reply", "expected", "charge", "kept"),
    [
        # a whole answer is paid for, whatever is in it
        (whole(None), ProviderBadAnswer, PAID, True),
        (whole({}), ProviderBadAnswer, PAID, True),
        (whole({"b64_json": "***"}), ProviderBadAnswer, PAID, True),
        (whole({"url": "http://elsewhere.test/a.png"}), ProviderBadAnswer, PAID, True),
        (answer(200, []), ProviderBadAnswer, PAID, True),
        (answer(202, {"id": "task_1"}), ProviderBadAnswer, PAID, True),
        (Reply(body=b"<html>"), ProviderBadAnswer, PAID, True),
        (Reply(status=204), ProviderBadAnswer, PAID, False),
        (streamed(), ProviderBadAnswer, PAID, False),
        (Reply(body=b"x" * 1_100_000), ProviderBadAnswer, PAID, True),
        (
            Reply(body=gzip.compress(b"{}"), headers={"content-encoding": "gzip"}),
            ProviderBadAnswer,
            PAID,
            True,
        ),
        (streamed(completed_event(b"") | {"b64_json": "***"}), ProviderBadAnswer, PAID, True),
        (streamed({"type": "image.ready", "picture": "?"}), ProviderBadAnswer, PAID, True),
        # an error in a good answer says whether anything was begun
        (answer(200, {"error": {"code": "moderation_blocked"}}), ModerationBlocked, FREE, False),
        (
            streamed({"type": "error", "code": "rate_limit_exceeded"}),
            ProviderRateLimited,
            FREE,
            False,
        ),
        (
            streamed({"type": "error", "error": {"code": "model_not_found"}}),
            ModelUnavailable,
            FREE,
            False,
        ),
        (
            streamed(partial_event(b"rough"), {"error": {"code": "moderation_blocked"}}),
            ModerationBlocked,
            UNKNOWN,
            False,
        ),
        (streamed({"type": "error", "code": "server_error"}), ProviderUnavailable, UNKNOWN, False),
        (streamed({"error": "Oh no"}), ProviderUnavailable, UNKNOWN, False),
        # what breaks off may have been paid for
        (streamed(partial_event(b"rough")), ProviderUnavailable, UNKNOWN, False),
        (streamed(partial_event(b"rough"), breaks_off=True), ProviderUnavailable, UNKNOWN, False),
        (Reply(body=b'{"data": [', breaks_off=True), ProviderUnavailable, UNKNOWN, False),
        (Reply(disconnects=True), ProviderUnavailable, UNKNOWN, False),
        # refusals
        (refusal(400, "moderation_blocked"), ModerationBlocked, FREE, False),
        (refusal(404, "model_not_found"), ModelUnavailable, FREE, False),
        (
            refusal(307, headers={"location": "http://elsewhere.test/"}),
            ProviderRejectedRequest,
            FREE,
            False,
        ),
        (refusal(429, "rate_limit_exceeded"), ProviderRateLimited, FREE, False),
        (refusal(500, "server_error"), ProviderUnavailable, UNKNOWN, False),
        (refusal(503, "slow_down"), ProviderRateLimited, FREE, False),
        (Reply(status=500, body=b"x" * 3_000_000), ProviderUnavailable, UNKNOWN, False),
    ],
)
async def test_a_call_without_an_image_says_why_and_what_became_of_the_money(
    reply: Reply, expected: type[AppError], charge: Charge, kept: bool
) -> None:
    events, failed, api = await paint(reply, GENERATOR_MAX_IMAGE_BYTES="1000")
    assert isinstance(failed, CallFailed)
    assert (type(failed.error), failed.charge) == (expected, charge)
    assert not painted_in(events)
    assert bool(failed.charge is PAID and failed.raw) == kept
    assert len(api.bodies) == 1


async def test_an_answer_that_cannot_be_read_is_kept_as_it_came() -> None:
    _, failed, _ = await paint(answer(200, BODY))
    assert isinstance(failed, CallFailed)
    assert failed.raw == RawAnswer("application/json", json.dumps(BODY).encode())


async def test_an_encoded_answer_is_kept_packed() -> None:
    packed = gzip.compress(json.dumps(BODY).encode())
    reply = Reply(body=packed, headers={"content-encoding": "gzip"})
    _, failed, _ = await paint(reply)
    assert isinstance(failed, CallFailed)
    assert failed.raw == RawAnswer("application/gzip", packed)


async def test_a_kept_answer_is_read_without_a_purchase() -> None:
    body = {"data": [{"b64_json": base64_of(b"done"), "revised_prompt": "Theirs"}]}
    async with openai_api() as api, opened(settings_for(api)) as provider:
        painted = await provider.read(RawAnswer("application/json", json.dumps(body).encode()))
        with pytest.raises(ProviderBadAnswer):
            await provider.read(RawAnswer("application/json", b'{"data": []}'))
    assert (painted.image, painted.revised_prompt) == (b"done", "Theirs")
    assert api.bodies == []


async def test_a_refusal_is_asked_once_and_carries_the_request_id() -> None:
    reply = refusal(429, "rate_limit_exceeded", headers={"retry-after": "7"})
    events, failed, api = await paint(reply)
    assert events == [ANSWERED]
    assert isinstance(failed, CallFailed)
    assert failed.error.retry_after_seconds == 7
    assert len(api.bodies) == 1


async def test_the_purchase_is_named_by_its_key() -> None:
    key = "gen-1.master-1.purchase-2"
    _, _, api = await paint(
        streamed(completed_event(b"done")), commission=replace(COMMISSION, purchase_key=key)
    )
    assert api.headers[0]["idempotency-key"] == key


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
