"""What servers really send, each kind in several examples."""

import json
from dataclasses import replace

import pytest

from services.generator.providers.port import Painted, Partial
from tests.servers.openai_api import (
    Reply,
    base64_of,
    completed_event,
    partial_event,
    picture,
    streamed,
    whole,
)
from tests.unit.generator.providers.openai.calling import PLAIN, paint, painted_in

DONE = base64_of(b"done")
COMPLETED = b"data: " + json.dumps(completed_event(b"done")).encode() + b"\n\n"


def events_as(body: bytes, content_type: str = "text/event-stream") -> Reply:
    return Reply(headers={"content-type": content_type}, body=body)


@pytest.mark.parametrize(
    "reply",
    [
        events_as(b": hello\n\n" + COMPLETED),
        events_as(b"retry: 3000\n\n" + COMPLETED),
        events_as(b"id: 1\n\n" + COMPLETED),
        events_as(b"event: ping\n\n" + COMPLETED),
        events_as(b"data:\n\n" + COMPLETED),
        events_as(b"data: ping\n\n" + COMPLETED),
        events_as(b'data: {"type": "ping"}\n\n' + COMPLETED),
        events_as(b"data: [1]\n\n" + COMPLETED + b"data: [DONE]\n\n"),
        events_as(b"\xef\xbb\xbf" + COMPLETED.replace(b"\n", b"\r\n")),
        events_as(COMPLETED.replace(b"\n", b"\r")),
        events_as(COMPLETED.rstrip()),
        events_as(COMPLETED, "Text/Event-Stream; charset=UTF-8"),
        events_as(COMPLETED, "text/event-stream;charset=utf-8"),
        events_as(COMPLETED, "text/plain"),
        events_as(COMPLETED, "application/json"),
        streamed({"data": [{"b64_json": DONE}]}),
        streamed({"type": "image_edit.completed", "b64_json": DONE}),
        streamed({"type": "image.done", "b64_json": DONE}),
        events_as(
            f'event: image_generation.completed\ndata: {{"b64_json": "{DONE}"}}\n\n'.encode()
        ),
        events_as(json.dumps({"data": [{"b64_json": DONE}]}, indent=1).encode()),
        streamed({**completed_event(b"done"), "error": {"message": ""}}),
        whole({"b64_json": DONE}),
        whole({"b64_json": "", "url": f"data:image/png;base64,{DONE}"}),
        whole({"b64_json": None, "url": f"data:image/png;base64,{DONE}"}),
        whole({"b64_json": f"data:image/webp;base64,{DONE}"}),
        whole({"b64_json": f"{DONE[:3]}\n{DONE[3:]}"}),
        whole({"b64_json": DONE, "revised_prompt": {"not": "a text"}}),
        Reply(body=json.dumps({"data": [{}, {"b64_json": DONE}]}).encode(), status=201),
        Reply(body=json.dumps({"b64_json": DONE}).encode()),
    ],
)
async def test_the_image_is_found(reply: Reply) -> None:
    events, failed, _ = await paint(reply)
    assert failed is None
    assert painted_in(events) == [(b"done", "")]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
async def test_an_answer_may_be_the_picture_itself(kind: str) -> None:
    data = picture(kind=kind)
    events, _, _ = await paint(Reply(body=data, headers={"content-type": "image/any"}))
    assert painted_in(events) == [(data, "")]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a lion \ud83e", "a lion "),
        ("boom\x1b[2J\x00", "boom[2J"),
        ("x" * 40_000, "x" * 32_000),
        (["a"], ""),
        (7, ""),
    ],
)
async def test_words_beside_the_image_never_cost_it(said: object, kept: str) -> None:
    events, _, _ = await paint(whole({"b64_json": DONE, "revised_prompt": said}))
    assert painted_in(events) == [(b"done", kept)]


async def test_partial_images_of_an_edit_are_shown() -> None:
    partial = {**partial_event(b"rough"), "type": "image_edit.partial_image"}
    events, _, _ = await paint(streamed(partial, completed_event(b"done")))
    assert Partial(image=b"rough") in events


async def test_tokens_of_images_are_counted_apart() -> None:
    usage = {
        "input_tokens": 50,
        "output_tokens": 7,
        "total_tokens": 57,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
    }
    events, _, _ = await paint(whole({"b64_json": DONE}, usage=usage), commission=PLAIN)
    assert isinstance(events[-1], Painted)
    assert events[-1].usage
    assert (events[-1].usage.input_tokens, events[-1].usage.input_image_tokens) == (50, 40)


async def test_a_stream_is_asked_only_where_the_server_has_proven_it() -> None:
    done = whole({"b64_json": DONE})
    _, _, unknown = await paint(done, IMAGE_API_PROFILE="auto")
    assert "stream" not in unknown.bodies[0]
    proven = Reply(headers={"openai-version": "2020-10-01"}, body=b"{}")
    for mark in ("openai-version", "x-snapasset-standin"):
        models = replace(proven, headers={mark: "1"})
        _, _, api = await paint(done, models=models, IMAGE_API_PROFILE="auto")
        assert api.bodies[0]["stream"] is True
