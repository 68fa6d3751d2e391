"""Jobs whose purchases are edits or several: each is paid for once and its pictures are right."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from PIL import Image

from deploy.local.stack import Stack
from tests.e2e.client import finish, open_client

PROMPT = "A boat on a quiet lake"


@pytest.fixture
async def ada(stack: Stack) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_client(stack) as client:
        yield client


async def made(client: httpx2.AsyncClient, *platforms: str, **more: Any) -> dict[str, Any]:
    """Create a job and return its result, and by how much it has raised the number of images."""
    before = (await client.get("/api/usage")).json()["images"]
    body = {"userId": "user-123", "prompt": PROMPT, "platforms": platforms, **more}
    answer = await client.post("/api/jobs", json=body)
    assert answer.status_code == 201, answer.text
    done = await finish(client, answer.json()["jobId"])
    assert done["status"] == "completed", done
    bought = (await client.get("/api/usage")).json()["images"] - before
    return {**done["result"], "bought": bought}


async def picture(client: httpx2.AsyncClient, image: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO((await client.get(image["url"])).content))


async def send(client: httpx2.AsyncClient, image: Image.Image) -> str:
    """Upload a picture and return the id of the upload."""
    file = io.BytesIO()
    image.save(file, "PNG")
    headers = {"content-type": "image/png"}
    answer = await client.post("/api/uploads", content=file.getvalue(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uploadId"])


async def test_each_variant_is_bought_and_any_is_cut_for_nothing(ada: httpx2.AsyncClient) -> None:
    result = await made(ada, "instagram-post", options={"variants": 2, "quality": "low"})
    assert [one["number"] for one in result["masters"]] == [1, 2]
    assert (result["success"], result["failures"], result["bought"]) == (True, [], 2)
    body = {"master": 2, "renditions": [{"platform": "twitter-post"}]}
    path = f"/api/generations/{result['generationId']}/renditions"
    again = await finish(ada, (await ada.post(path, json=body)).json()["jobId"])
    assert [image["master"] for image in again["result"]["images"]] == [2]


async def test_a_variant_that_fails_keeps_the_first_and_a_retry_buys_only_that_one(
    ada: httpx2.AsyncClient,
) -> None:
    # Of the calls with this key and seed, the stand-in refuses the second one only.
    switches = "[standin: fail=moderated key=second-variant probability=0.5 seed=15]"
    before = (await ada.get("/api/usage")).json()
    body = {
        "userId": "user-123",
        "prompt": f"{PROMPT} {switches}",
        "platforms": ["instagram-post"],
        "options": {"variants": 2, "quality": "low"},
    }
    job_id = (await ada.post("/api/jobs", json=body)).json()["jobId"]
    first = await finish(ada, job_id)
    assert (first["status"], first["result"]["success"]) == ("completed", False)
    [missing] = first["result"]["failures"]
    assert (missing["master"], missing["error"]["code"]) == (2, "MODERATION_BLOCKED")
    assert [one["number"] for one in first["result"]["masters"]] == [1]
    await ada.post(f"/api/jobs/{job_id}/retry", json={})
    second = (await finish(ada, job_id))["result"]
    assert (second["success"], second["failures"]) == (True, [])
    assert [one["number"] for one in second["masters"]] == [1, 2]
    assert second["images"] == first["result"]["images"]
    spent = (await ada.get("/api/usage")).json()
    assert (spent["calls"] - before["calls"], spent["images"] - before["images"]) == (3, 2)


async def test_a_shape_that_the_image_lacks_is_painted_around_it(ada: httpx2.AsyncClient) -> None:
    platforms = ("instagram-post", "instagram-story")
    result = await made(ada, *platforms, options={"fit": "extend", "quality": "low"})
    assert result["bought"] == len(result["masters"]) == 2  # the first has the shape of a story
    sizes = [(await picture(ada, image)).size for image in result["images"]]
    assert sizes == [(1080, 1080), (1080, 1920)]
    masters = {one["number"]: one for one in result["masters"]}
    for image in result["images"]:
        master = masters[image["master"]]
        crop = image["crop"]
        assert crop["width"] * crop["height"] > 0.95 * master["width"] * master["height"]


async def test_a_transparent_background_reaches_the_file(ada: httpx2.AsyncClient) -> None:
    options = {"background": "transparent", "format": "webp", "quality": "low"}
    result = await made(ada, "instagram-post", options=options)
    image = (await picture(ada, result["images"][0])).convert("RGBA")
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert image.getpixel((540, 540))[3] == 255  # type: ignore[index]


async def test_an_image_is_painted_from_uploads_and_within_a_mask(ada: httpx2.AsyncClient) -> None:
    red = Image.new("RGB", (1024, 1024), (200, 10, 10))
    mask = Image.new("RGBA", red.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 1024, 400))
    pictures = {"references": [await send(ada, red)], "mask": await send(ada, mask)}
    options = {"format": "png", "quality": "low"}
    result = await made(ada, "instagram-post", options=options, **pictures)
    assert result["bought"] == 1
    assert [one["origin"] for one in result["masters"]] == ["composite"]
    image = (await picture(ada, result["images"][0])).convert("RGB")
    assert image.getpixel((540, 1000)) == (200, 10, 10)
    assert image.crop((0, 0, 1080, 200)).getcolors(1) is None
    gone = {"references": ["up-1700000000000-" + "0" * 32]}
    body = {"userId": "user-123", "prompt": PROMPT, "platforms": ["instagram-post"], **gone}
    answer = await ada.post("/api/jobs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "UPLOAD_NOT_FOUND")
