"""What an answer of the image API holds, what it cost, and what is kept of it."""

import gzip
import json

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
from services.generator.providers.port import Answered, CallFailed, Painted, RawAnswer
from tests.servers.openai_api import (
    USAGE,
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
from tests.unit.generator.providers.openai.calling import (
    FREE,
    PAID,
    UNKNOWN,
    opened,
    paint,
    painted_in,
    settings_for,
)


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
