"""Edits, as OpenAI's SDK sends them and as a scripted server answers them."""

from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import ModerationBlocked, ProviderRejectedRequest
from services.generator.prices import read_prices
from services.generator.providers.openai.prices import DEFAULT_PRICES, most_tokens
from services.generator.providers.port import CallFailed, Painted, Partial
from services.generator.references import Reference
from tests.servers.openai_api import base64_of, refusal, streamed, whole
from tests.unit.generator.providers.openai.calling import COMMISSION, paint

FIRST = Reference(data=b"one", content_type="image/png", width=64, height=48)
SECOND = Reference(data=b"two", content_type="image/jpeg", width=64, height=48)
MASK = Reference(data=b"hole", content_type="image/png", width=64, height=48)
EDIT = replace(COMMISSION, references=(FIRST, SECOND), mask=MASK, purchase_key="gen-1-1-1")


def event(kind: str, data: bytes) -> dict[str, object]:
    return {"type": f"image_edit.{kind}", "b64_json": base64_of(data)}


async def test_an_edit_is_sent_as_a_form_with_its_pictures() -> None:
    reply = streamed(event("partial_image", b"rough"), event("completed", b"done"))
    events, error, api = await paint(reply, commission=EDIT)
    assert error is None
    assert [one.image for one in events if isinstance(one, Partial | Painted)] == [
        b"rough",
        b"done",
    ]
    assert api.bodies == [
        {
            "model": "gpt-image-2",
            "prompt": "A lighthouse",
            "size": "1088x1088",
            "quality": "medium",
            "stream": "true",
            "partial_images": "2",
            "image[]": [
                ("image-1.png", "image/png", b"one"),
                ("image-2.jpeg", "image/jpeg", b"two"),
            ],
            "mask": [("mask.png", "image/png", b"hole")],
        }
    ]
    assert api.headers[0]["idempotency-key"] == "gen-1-1-1"


async def test_a_single_picture_has_the_name_that_every_server_knows() -> None:
    answer = whole({"b64_json": base64_of(b"done")})
    _, _, api = await paint(answer, commission=replace(EDIT, references=(FIRST,), mask=None))
    assert api.bodies[0]["image"] == [("image-1.png", "image/png", b"one")]


async def test_a_refused_edit_is_judged_like_any_other_call() -> None:
    _, error, _ = await paint(refusal(400, "moderation_blocked"), commission=EDIT)
    assert isinstance(error, CallFailed)
    assert isinstance(error.error, ModerationBlocked)
    assert error.charge is Charge.NOT_CHARGED


async def test_a_transparent_background_is_asked_for_and_never_left_out() -> None:
    clear = replace(COMMISSION, transparent=True)
    _, error, api = await paint(
        refusal(400, "unknown_parameter", param="background"), commission=clear
    )
    assert (api.bodies[0]["background"], api.bodies[0]["output_format"]) == ("transparent", "png")
    assert isinstance(error, CallFailed)
    assert isinstance(error.error, ProviderRejectedRequest)


@pytest.mark.parametrize(("references", "images"), [((), 0), ((FIRST, SECOND), 2 * 1536)])
def test_pictures_cost_what_the_model_counts_for_them(
    references: tuple[Reference, ...], images: int
) -> None:
    usage = most_tokens(replace(COMMISSION, references=references))
    assert usage.input_image_tokens == images
    price = read_prices(DEFAULT_PRICES).price("gpt-image-2")
    text = usage.input_tokens - images
    assert price.cost_micros(usage) == text * 5 + images * 8 + usage.output_tokens * 30
