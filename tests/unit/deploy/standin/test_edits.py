"""An edit as the SDK sees it."""

import io
from typing import Any

import pytest
from openai import BadRequestError
from PIL import Image

from .conftest import KEY, Standin
from .test_generations import MODEL, opened

SIZE = (1024, 1024)


def file_of(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def photograph() -> Image.Image:
    return Image.linear_gradient("L").resize(SIZE).convert("RGB")


def right_half() -> Image.Image:
    """A mask whose right half is to be painted."""
    mask = Image.new("RGBA", SIZE, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (512, 0, 1024, 1024))
    return mask


async def edit(standin: Standin, **more: Any) -> Any:
    image = file_of(photograph())
    asked = {"model": MODEL, "prompt": "A boat", "image": image, "quality": "low", **more}
    return await standin.sdk.images.edit(**asked)


async def test_a_mask_is_painted_where_it_is_transparent_and_nowhere_else(
    standin: Standin,
) -> None:
    answer = await edit(standin, mask=file_of(right_half()))
    image = opened(answer.data[0].b64_json).convert("RGB")
    left, right = (0, 0, 512, 1024), (512, 0, 1024, 1024)
    assert image.crop(left).tobytes() == photograph().crop(left).tobytes()
    assert image.crop(right).tobytes() != photograph().crop(right).tobytes()
    assert answer.usage.input_tokens_details.image_tokens > 0
    (call,) = (await standin.ledger())["calls"]
    assert (call["references"], call["masked"], call["image_made"]) == (1, True, True)


async def test_references_can_be_seen_in_the_picture(standin: Standin) -> None:
    red = file_of(Image.new("RGB", (200, 200), (250, 0, 0)))
    answer = await edit(standin, image=[red, red])
    image = opened(answer.data[0].b64_json).convert("RGB")
    found = image.getcolors(SIZE[0] * SIZE[1]) or []
    assert {colour: count for count, colour in found}[(250, 0, 0)] >= 2 * 150 * 150


async def test_an_edit_is_streamed_under_its_own_names(standin: Standin) -> None:
    stream = await edit(standin, mask=file_of(right_half()), stream=True, partial_images=1)
    assert [event.type async for event in stream] == [
        "image_edit.partial_image",
        "image_edit.completed",
    ]


async def test_an_edit_obeys_the_switches(standin: Standin) -> None:
    with pytest.raises(BadRequestError) as refused:
        await edit(standin, prompt="A boat [standin: fail=moderated]")
    assert refused.value.code == "moderation_blocked"
    assert (await standin.ledger())["counts"]["images_made"] == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"image": b"GIF89a"}, "invalid_image_file"),
        ({"image": [file_of(Image.new("L", (8, 8)))] * 17}, "array_above_max_length"),
        ({"mask": file_of(Image.new("RGBA", (8, 8)))}, "invalid_mask_size"),
        ({"mask": file_of(photograph())}, "invalid_mask"),
        ({"size": "1000x1000"}, "invalid_value"),
    ],
)
async def test_what_openai_refuses_is_refused(
    standin: Standin, more: dict[str, object], code: str
) -> None:
    with pytest.raises(BadRequestError) as refused:
        await edit(standin, **more)
    assert refused.value.code == code


async def test_an_edit_without_a_form_or_an_image_is_refused(standin: Standin) -> None:
    url = f"{standin.address}/v1/images/edits"
    for body in ({"json": {"model": MODEL}}, {"data": {"model": MODEL, "prompt": "A boat"}}):
        async with standin.http.post(url, headers=KEY, **body) as response:  # type: ignore[arg-type]
            assert response.status == 400
