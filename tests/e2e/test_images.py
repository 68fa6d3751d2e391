"""What a browser, a cache and a curious stranger get when they ask for an image."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
from PIL import Image

from deploy.local.stack import Stack
from services.resizer.signing.identity import TEST_ORGANISATION
from tests.credentials import actions, active, manifests
from tests.e2e.client import create, finish, open_client

FORMATS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A finished image: its path on the server and its bytes."""

    path: str
    content: bytes
    etag: str


@pytest.fixture
async def browser(stack: Stack) -> AsyncIterator[httpx2.AsyncClient]:
    """A client without credentials."""
    async with httpx2.AsyncClient(base_url=stack.base_url, timeout=30) as client:
        yield client


@pytest.fixture
async def image(stack: Stack, browser: httpx2.AsyncClient) -> Shown:
    """A finished JPEG."""
    async with open_client(stack) as client:
        job = await create(client, "A lighthouse in a storm", "facebook-cover")
        [made] = (await finish(client, job["jobId"]))["result"]["images"]
    path = httpx2.URL(made["url"]).path
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return Shown(path=path, content=answer.content, etag=answer.headers["etag"])


async def test_an_image_may_be_kept_for_ever_and_has_a_name(
    browser: httpx2.AsyncClient, image: Shown
) -> None:
    answer = await browser.get(image.path)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(image.content))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-disposition"] == 'inline; filename="facebook-cover-820x312.jpg"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert image.etag.startswith('"')


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
async def test_who_has_it_already_is_not_sent_it_again(
    browser: httpx2.AsyncClient, image: Shown, known: str
) -> None:
    headers = {"if-none-match": known.format(image.etag), "range": "bytes=0-9"}
    answer = await browser.get(image.path, headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == image.etag
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("wanted", "part"), [("0-9", slice(0, 10)), ("100-", slice(100, None)), ("-7", slice(-7, None))]
)
async def test_a_part_of_it_can_be_had(
    browser: httpx2.AsyncClient, image: Shown, wanted: str, part: slice
) -> None:
    answer = await browser.get(image.path, headers={"range": f"bytes={wanted}"})
    expected, whole = image.content[part], len(image.content)
    start = part.indices(whole)[0]
    assert answer.status_code == 206
    assert answer.content == expected
    assert answer.headers["content-length"] == str(len(expected))
    span = f"bytes {start}-{start + len(expected) - 1}/{whole}"
    assert answer.headers["content-range"] == span


async def test_a_part_of_another_version_becomes_the_whole_image(
    browser: httpx2.AsyncClient, image: Shown
) -> None:
    for etag, status in ((image.etag, 206), ('"other"', 200)):
        headers = {"range": "bytes=0-9", "if-range": etag}
        assert (await browser.get(image.path, headers=headers)).status_code == status


@pytest.mark.parametrize("several", ["bytes=0-1,5-6", "bytes=5-2", "lines=1-2"])
async def test_what_is_not_one_range_of_bytes_gets_the_whole_image(
    browser: httpx2.AsyncClient, image: Shown, several: str
) -> None:
    answer = await browser.get(image.path, headers={"range": several})
    assert (answer.status_code, answer.content) == (200, image.content)


async def test_a_part_behind_the_end_is_refused_in_the_shape_of_all_errors(
    browser: httpx2.AsyncClient, image: Shown
) -> None:
    answer = await browser.get(image.path, headers={"range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(image.content)}"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"] == "RANGE_NOT_SATISFIABLE"
    assert "immutable" not in answer.headers["cache-control"]


async def test_head_tells_all_and_sends_nothing(browser: httpx2.AsyncClient, image: Shown) -> None:
    answer = await browser.head(image.path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(image.content))
    assert answer.headers["etag"] == image.etag


@pytest.mark.parametrize(
    ("query", "disposition"),
    [("?download=1", "attachment"), ("?download=true", "attachment"), ("?download=0", "inline")],
)
async def test_a_download_is_saved_under_its_name(
    browser: httpx2.AsyncClient, image: Shown, query: str, disposition: str
) -> None:
    answer = await browser.get(image.path + query)
    assert answer.content == image.content
    name = f'{disposition}; filename="facebook-cover-820x312.jpg"'
    assert answer.headers["content-disposition"] == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/master",
        "/purchase-1.json",
        "/other-1x1.jpg",
        "/facebook-cover-820x312.svg",
        "/..",
    ],
)
async def test_nothing_but_finished_images_can_be_reached(
    browser: httpx2.AsyncClient, image: Shown, name: str
) -> None:
    folder = image.path.rpartition("/")[0]
    answer = await browser.get(folder + name)
    assert answer.status_code == 404, answer.text
    assert answer.json()["code"] in {"IMAGE_NOT_FOUND", "NOT_FOUND"}


@pytest.mark.parametrize(
    "path", ["/images/", "/images/user-123", "/images/%2e%2e/%2e%2e/etc/passwd"]
)
async def test_no_path_leads_outside_or_lists(browser: httpx2.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", FORMATS)
async def test_every_format_arrives_as_what_it_is_and_says_where_it_comes_from(
    stack: Stack, browser: httpx2.AsyncClient, name: str
) -> None:
    options = {"format": name, "focalPoint": {"x": 0.9, "y": 0.1}, "label": "ai"}
    async with open_client(stack) as client:
        body = {
            "userId": "user-123",
            "prompt": "A boat on a lake",
            "platforms": ["instagram-story", "twitter-header"],
            "options": options,
        }
        job = (await client.post("/api/jobs", json=body)).json()
        story, _ = (await finish(client, job["jobId"]))["result"]["images"]
        shown = (await client.get(f"/api/jobs/{job['jobId']}")).json()
    answer = await browser.get(httpx2.URL(story["url"]).path)
    assert answer.headers["content-type"] == FORMATS[name]
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1080, 1920)
    assert b"trainedAlgorithmicMedia" in picture.info["xmp"]
    assert story["crop"]["x"] > story["crop"]["width"]
    assert shown["data"]["options"] == options
    assert story["provenance"] == {"signed": True, "signedBy": TEST_ORGANISATION}
    found = manifests(answer.content, FORMATS[name])
    assert found["validation_state"] == "Valid"
    assert active(found)["signature_info"]["issuer"] == TEST_ORGANISATION
    assert "c2pa.addedText" in [one["action"] for one in actions(found)]
