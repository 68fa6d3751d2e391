"""A bought image serves for ever: what is cut again costs nothing and joins its generation."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from PIL import Image

from deploy.local.stack import Stack
from tests.e2e.client import create, finish, open_client


@pytest.fixture
async def ada(stack: Stack) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_client(stack) as client:
        yield client


@pytest.fixture
async def bought(ada: httpx2.AsyncClient) -> dict[str, Any]:
    """The result of a job that bought one image."""
    job = await create(ada, "A lighthouse in a storm", "instagram-post")
    return dict((await finish(ada, job["jobId"]))["result"])


async def cut(
    client: httpx2.AsyncClient, generation_id: str, *renditions: dict[str, Any], **more: Any
) -> dict[str, Any]:
    body = {"renditions": renditions, **more}
    answer = await client.post(f"/api/generations/{generation_id}/renditions", json=body)
    assert answer.status_code == 201, answer.text
    done = await finish(client, answer.json()["jobId"])
    assert done["status"] == "completed", done
    return dict(done["result"])


async def show(client: httpx2.AsyncClient, generation_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/generations/{generation_id}")
    return dict(answer.json()["generation"])


async def newest(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Return the newest job."""
    [job] = (await client.get("/api/jobs?limit=1")).json()["jobs"]
    return dict((await client.get(f"/api/jobs/{job['jobId']}")).json())


async def test_one_purchase_is_cut_again_for_nothing(
    ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    spent = (await ada.get("/api/usage")).json()
    [master] = bought["masters"]
    box = {"x": 10, "y": 0, "width": 500, "height": 500}
    result = await cut(
        ada,
        bought["generationId"],
        {"platform": "youtube-thumbnail"},
        {"platform": "instagram-post", "crop": box},
        {"name": "poster", "width": 108, "height": 135, "fit": "contain", "format": "webp"},
        options={"background": "#ff0000", "focalPoint": {"x": 0.5, "y": 0.2}},
    )
    files = [await ada.get(image["url"]) for image in result["images"]]
    pictures = [Image.open(io.BytesIO(file.content)) for file in files]
    assert [picture.size for picture in pictures] == [(1280, 720), (1080, 1080), (108, 135)]
    assert [picture.format for picture in pictures] == ["JPEG", "JPEG", "WEBP"]
    assert result["images"][1]["crop"] == box
    ordered = (await newest(ada))["data"]["renditions"]
    assert ordered == [
        {"platformId": "instagram-post", "crop": box},
        {"platformId": "poster", "fit": "contain", "format": "webp"},
    ]
    red, green, blue = pictures[2].convert("RGB").getpixel((54, 1))  # type: ignore[misc]
    assert red > 200 > 50 > max(green, blue)
    assert result["masters"] == [master]
    assert (await ada.get("/api/usage")).json() == spent


async def test_the_newest_is_shown_and_earlier_ones_stay_until_they_are_deleted(
    ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    generation, [first] = bought["generationId"], bought["images"]
    story = {"platform": "instagram-story", "focalPoint": {"x": 0, "y": 0}}
    again, other = (await cut(ada, generation, {"platform": "instagram-post"}, story))["images"]
    assert again["url"] != first["url"]
    shown = await show(ada, generation)
    assert shown["images"] == [again, other]
    assert shown["renditions"] == [first, again, other]
    answer = await ada.delete(f"/api/generations/{generation}/renditions/{again['renditionId']}")
    assert answer.json() == {"generationId": generation, "renditionId": again["renditionId"]}
    shown = await show(ada, generation)
    assert shown["images"] == shown["renditions"] == [first, other]
    statuses = [(await ada.get(one["url"])).status_code for one in (first, again, other)]
    assert statuses == [200, 404, 200]
    twice = await ada.delete(f"/api/generations/{generation}/renditions/{again['renditionId']}")
    assert (twice.status_code, twice.json()["code"]) == (404, "RENDITION_NOT_FOUND")


async def test_the_master_is_shown_to_its_owner_alone(
    stack: Stack, ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    path = f"/api/generations/{bought['generationId']}/masters/1"
    answer = await ada.get(path)
    [master] = bought["masters"]
    assert Image.open(io.BytesIO(answer.content)).size == (master["width"], master["height"])
    assert answer.headers["content-type"] == "image/png"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "private, no-cache"
    known = await ada.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    async with open_client(stack, "mallory") as mallory:
        hers = await mallory.get(path)
        cutting = await mallory.post(
            f"/api/generations/{bought['generationId']}/renditions",
            json={"renditions": [{"platform": "x-post"}]},
        )
    nobody = await ada.get(path, headers={"Authorization": ""})
    assert [hers.status_code, nobody.status_code, cutting.status_code] == [404, 401, 404]
    assert {hers.json()["code"], cutting.json()["code"]} == {"GENERATION_NOT_FOUND"}


async def test_a_master_that_is_none_is_refused(
    ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    refused = {}
    for number in ("0", "2", "-1", "abc", "99999999999", "1.5"):
        answer = await ada.get(f"/api/generations/{bought['generationId']}/masters/{number}")
        refused[number] = answer.json()["code"]
    none, unreadable = "MASTER_NOT_FOUND", "INVALID_REQUEST"
    assert list(refused.values()) == [none] * 3 + [unreadable] * 3


async def test_two_cuts_of_the_same_at_once_both_stay_and_the_later_job_is_shown(
    ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    order = {"platform": "x-post"}
    results = await asyncio.gather(*(cut(ada, bought["generationId"], order) for _ in range(3)))
    shown = await show(ada, bought["generationId"])
    cuts = [one for one in shown["renditions"] if one["platformId"] == "x-post"]
    assert sorted(one["url"] for one in cuts) == sorted(r["images"][0]["url"] for r in results)
    assert shown["images"][-1] == cuts[-1]


async def test_a_generation_deleted_before_its_cut_begins_fails_the_job_clearly(
    stack: Stack, ada: httpx2.AsyncClient, bought: dict[str, Any]
) -> None:
    async with open_client(stack, role="admin") as admin:
        await admin.post("/api/queue/pause")
        path = f"/api/generations/{bought['generationId']}"
        body = {"renditions": [{"platform": "x-post"}]}
        job = (await ada.post(f"{path}/renditions", json=body)).json()
        await ada.delete(path)
        await admin.post("/api/queue/resume")
    done = await finish(ada, job["jobId"])
    assert (done["status"], done["error"]["code"]) == ("failed", "GENERATION_NOT_FOUND")
    assert done["result"]["generationId"] == bought["generationId"]
