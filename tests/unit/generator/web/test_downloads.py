from collections.abc import AsyncIterator

import httpx2
import pytest

from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.web.client import bounded_client
from services.generator.web.downloads import Downloads
from tests.servers.openai_api import OpenAIApi, Reply, openai_api

MAX_BYTES = 5000


@pytest.fixture
async def api() -> AsyncIterator[OpenAIApi]:
    async with openai_api() as running:
        yield running


@pytest.fixture
async def downloads(api: OpenAIApi) -> AsyncIterator[Downloads]:
    async with bounded_client(MAX_BYTES, httpx2.Timeout(5)) as client:
        yield Downloads(client, api.base_url, pause_seconds=0)


async def test_an_image_at_the_api_itself_is_downloaded(
    api: OpenAIApi, downloads: Downloads
) -> None:
    api.files["a.png"] = [Reply(body=b"image")]
    assert await downloads.fetch(f"{api.origin}/files/a.png") == b"image"
    assert "authorization" not in api.headers[0]


async def test_a_passing_fault_is_tried_again(api: OpenAIApi, downloads: Downloads) -> None:
    api.files["a.png"] = [
        Reply(status=503),
        Reply(body=b"ima", breaks_off=True),
        Reply(body=b"image"),
    ]
    assert await downloads.fetch(f"{api.origin}/files/a.png") == b"image"


async def test_a_lasting_fault_is_given_up(api: OpenAIApi, downloads: Downloads) -> None:
    api.files["a.png"] = [Reply(status=500) for _ in range(3)]
    with pytest.raises(ProviderUnavailable):
        await downloads.fetch(f"{api.origin}/files/a.png")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404),
        Reply(status=302, headers={"location": "/files/b.png"}),
        Reply(body=b"x" * (MAX_BYTES + 1)),
    ],
)
async def test_what_is_no_image_of_sane_size_is_a_bad_answer(
    api: OpenAIApi, downloads: Downloads, reply: Reply
) -> None:
    api.files["a.png"] = [reply]
    with pytest.raises(ProviderBadAnswer):
        await downloads.fetch(f"{api.origin}/files/a.png")


@pytest.mark.parametrize(
    "address",
    ["http://example.com/a.png", "http://127.0.0.1:1/a.png", "file:///etc/passwd", "//x", "", "\0"],
)
async def test_an_address_elsewhere_without_tls_is_not_opened(
    downloads: Downloads, address: str
) -> None:
    with pytest.raises(ProviderBadAnswer):
        await downloads.fetch(address)
