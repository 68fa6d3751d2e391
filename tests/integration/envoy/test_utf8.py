"""What is not UTF-8 is refused wherever bytes become a text, and all of Unicode comes through."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.envoy.conftest import Door
from tests.integration.envoy.test_errors import has_guide_shape

pytestmark = pytest.mark.asyncio(loop_scope="session")

BROKEN = {
    "alone": b"\x80",
    "alone, high": b"\xff",
    "truncated, of two": b"\xc3",
    "truncated, of three": b"\xe2\x82",
    "truncated, of four": b"\xf0\x9f\xa6",
    "truncated before a letter": b"\xc3(",
    "overlong, of two": b"\xc0\xaf",
    "overlong, of three": b"\xe0\x80\x80",
    "overlong, of four": b"\xf0\x80\x80\x80",
    "surrogate": b"\xed\xa0\x80",
    "pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "far beyond Unicode": b"\xf5\x80\x80\x80",
    "of five": b"\xf8\x88\x80\x80\x80",
}
WHOLE = ["é", "€", "\ud7ff", "\ue000", "\ufffd", "🦁", "\U0010ffff", "%ff"]
PLACES = [
    "/api/jobs/{}",
    "/api/jobs/x{}y",
    "/api/jobs?status={}",
    "/api/jobs?{}=1",
    "/api/sse/jobs/a?ticket={}",
    "/images/a/b/{}.png",
    "/api-docs/{}",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_broken_bytes_in_an_address_are_400(door: Door, broken: bytes, place: str) -> None:
    for written in (quote(broken), quote(broken).lower()):
        answer = await door.http.get(place.format(written))
        assert answer.status_code == 400
        assert has_guide_shape(answer)["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_broken_bytes_in_an_address_are_400_unescaped_too(door: Door, broken: bytes) -> None:
    reader, writer = await asyncio.open_connection(door.http.base_url.host, door.http.base_url.port)
    writer.write(b"GET /api/jobs/" + broken + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_broken_bytes_in_a_body_are_400(door: Door, broken: bytes) -> None:
    for body in (b'{"userId": "%s"}', b'{"%s": 1}', b'{"options": {"quality": "%s"}}'):
        answer = await door.http.post("/api/jobs", content=body % broken)
        assert answer.status_code == 400
        assert has_guide_shape(answer)["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("whole", WHOLE)
async def test_all_of_unicode_arrives(door: Door, whole: str) -> None:
    answer = await door.http.get(f"/api/jobs/{quote(whole, safe='')}")
    assert answer.status_code == 200
    asked: Any = door.echo.asked["/snapasset.gateway.v1.JobService/GetJob"]
    assert asked.job_id == whole
