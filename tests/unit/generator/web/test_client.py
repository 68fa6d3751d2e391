import gzip

import httpx2
import pytest

from services.generator.web.client import (
    MAX_ERROR_BYTES,
    AnswerTooLarge,
    bounded_client,
    media_type,
)
from tests.servers.openai_api import Reply, openai_api

MOST = 5000


async def get(reply: Reply) -> httpx2.Response:
    async with openai_api() as api, bounded_client(MOST, httpx2.Timeout(5)) as client:
        api.files["a"] = [reply]
        return await client.get(f"{api.origin}/files/a")


async def test_as_much_as_allowed_is_read() -> None:
    assert len((await get(Reply(body=b"x" * MOST))).content) == MOST


async def test_more_than_allowed_is_not_read() -> None:
    with pytest.raises(AnswerTooLarge):
        await get(Reply(body=b"x" * (MOST + 1)))


async def test_an_error_answer_is_cut() -> None:
    response = await get(Reply(status=500, body=b"x" * (MAX_ERROR_BYTES + 1)))
    assert len(response.content) == MAX_ERROR_BYTES


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [
        ("gzip", "application/gzip"),
        ("GZIP", "application/gzip"),
        ("gzip, gzip", "application/octet-stream"),
        ("br", "application/octet-stream"),
    ],
)
async def test_nothing_is_ever_unpacked(encoding: str, kind: str) -> None:
    packed = gzip.compress(b"x" * 1_000_000)
    response = await get(Reply(body=packed, headers={"content-encoding": encoding}))
    assert response.content == packed
    assert media_type(response) == kind


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("Image/PNG", "image/png"),
        ("nonsense", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
async def test_a_media_type_is_brought_to_its_usual_spelling(named: str, kind: str) -> None:
    assert media_type(await get(Reply(headers={"content-type": named}))) == kind


async def test_no_redirect_is_followed() -> None:
    response = await get(Reply(status=302, headers={"location": "/files/b"}))
    assert response.status_code == 302


async def test_a_socks_proxy_of_the_environment_stops_no_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert len((await get(Reply(body=b"x"))).content) == 1
