from collections.abc import AsyncIterator

import httpx2
import pytest

from services.common.errors import ProviderBadAnswer
from services.common.web.public_only import AddressRefused
from services.generator.web.client import bounded_client
from services.generator.web.downloads import Downloads
from tests.servers.openai_api import OpenAIApi, Reply, openai_api

MAX_BYTES = 5000
KEY = {"Authorization": "Bearer sk-test"}
PUBLIC = "https://images.example/a.png"


class Elsewhere(httpx2.AsyncBaseTransport):
    """The rest of the web: answers by address, and refuses what is not public."""

    def __init__(self, *answers: tuple[str, httpx2.Response]) -> None:
        self._answers = dict(answers)
        self.asked: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if found := self._answers.get(str(request.url)):
            return found
        raise AddressRefused("inside")


@pytest.fixture
async def api() -> AsyncIterator[OpenAIApi]:
    async with openai_api() as running:
        yield running


async def fetch(api: OpenAIApi, address: str, elsewhere: Elsewhere | None = None) -> bytes:
    timeout = httpx2.Timeout(5)
    async with (
        bounded_client(MAX_BYTES, timeout) as own,
        bounded_client(MAX_BYTES, timeout, elsewhere or Elsewhere()) as foreign,
    ):
        downloads = Downloads(own, foreign, api.base_url, KEY, pause_seconds=0)
        return await downloads.fetch(address)


@pytest.mark.parametrize("address", ["{origin}/files/a.png", "/files/a.png", "../files/a.png"])
async def test_an_image_at_the_api_itself_is_downloaded_with_its_key(
    api: OpenAIApi, address: str
) -> None:
    api.files["a.png"] = [Reply(body=b"image")]
    assert await fetch(api, address.format(origin=api.origin)) == b"image"
    assert api.headers[0]["authorization"] == "Bearer sk-test"


async def test_an_image_at_a_public_host_is_downloaded_without_the_key(api: OpenAIApi) -> None:
    elsewhere = Elsewhere((PUBLIC, httpx2.Response(200, content=b"image")))
    assert await fetch(api, PUBLIC, elsewhere) == b"image"
    assert "authorization" not in elsewhere.asked[0].headers


@pytest.mark.parametrize("status", [404, 429, 503])
async def test_a_passing_fault_is_tried_again(api: OpenAIApi, status: int) -> None:
    api.files["a.png"] = [
        Reply(status=status),
        Reply(body=b"ima", breaks_off=True),
        Reply(body=b"image"),
    ]
    assert await fetch(api, "/files/a.png") == b"image"


async def test_a_lasting_fault_is_given_up(api: OpenAIApi) -> None:
    api.files["a.png"] = [Reply(status=500) for _ in range(3)]
    with pytest.raises(ProviderBadAnswer):
        await fetch(api, "/files/a.png")


async def test_redirects_lead_on_to_the_api_and_to_public_hosts(api: OpenAIApi) -> None:
    api.files["a.png"] = [Reply(status=302, headers={"location": "b.png"})]
    api.files["b.png"] = [Reply(status=307, headers={"location": PUBLIC})]
    elsewhere = Elsewhere((PUBLIC, httpx2.Response(200, content=b"image")))
    assert await fetch(api, "/files/a.png", elsewhere) == b"image"
    assert "authorization" not in elsewhere.asked[0].headers


@pytest.mark.parametrize(
    "location", ["http://elsewhere.example/a.png", "https://inside.example/a.png", "ftp://x/a"]
)
async def test_a_redirect_inside_or_without_tls_is_not_followed(
    api: OpenAIApi, location: str
) -> None:
    api.files["a.png"] = [Reply(status=302, headers={"location": location})]
    with pytest.raises(ProviderBadAnswer, match="not safe"):
        await fetch(api, "/files/a.png")


async def test_redirects_without_end_are_given_up(api: OpenAIApi) -> None:
    api.files["a.png"] = [Reply(status=302, headers={"location": "a.png"}) for _ in range(9)]
    with pytest.raises(ProviderBadAnswer, match="too many times"):
        await fetch(api, "/files/a.png")


@pytest.mark.parametrize("reply", [Reply(status=403), Reply(body=b"x" * (MAX_BYTES + 1))])
async def test_what_is_no_image_of_sane_size_is_a_bad_answer(api: OpenAIApi, reply: Reply) -> None:
    api.files["a.png"] = [reply]
    with pytest.raises(ProviderBadAnswer):
        await fetch(api, "/files/a.png")
    assert not api.files["a.png"]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/a.png",
        "http://127.0.0.1:1/a.png",
        "https://inside.example/a.png",
        "https://user:word@images.example/a.png",
        "file:///etc/passwd",
        "\0",
    ],
)
async def test_an_address_that_is_not_safe_is_not_opened(api: OpenAIApi, address: str) -> None:
    with pytest.raises(ProviderBadAnswer, match="not safe"):
        await fetch(api, address)
