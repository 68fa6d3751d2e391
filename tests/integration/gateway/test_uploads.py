"""Uploads through Envoy and gateway into storage, past the resizer."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import pytest_asyncio
from google.api.httpbody_pb2 import HttpBody
from PIL import Image
from snapasset.gateway.v1 import uploads_pb2 as pb
from snapasset.gateway.v1.uploads_pb2_grpc import UploadServiceStub

from services.gateway.access.api_keys import new_key
from tests.eventually import eventually
from tests.servers.gateway import bearer, connected
from tests.servers.uploads import Reception, reception
from tests.unit.resizer.pictures import quadrants, saved

MOST_BYTES, SPACE_BYTES = 400_000, 1_000_000
KEY, STORED_KEY = new_key("importer", ["jobs"])
PICTURE = saved(quadrants(60, 40))
TOO_MANY = MOST_BYTES + 1 - len(PICTURE)
WAIT_SECONDS = 10


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reception]:
    async with reception(
        tmp_path_factory.mktemp("uploads"),
        upload_max_bytes=MOST_BYTES,
        upload_bytes_per_owner=SPACE_BYTES,
        upload_pause_seconds=1.5,
        uploads_per_caller=3,
        api_key_lines=(STORED_KEY.line,),
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared: Reception) -> AsyncIterator[Reception]:
    """The same for all tests, and empty again after each."""
    yield shared
    listed = (await shared.http.get("/api/uploads?limit=100", headers=ADA)).json()
    for one in listed["uploads"]:
        await shared.http.delete(f"/api/uploads/{one['uploadId']}", headers=ADA)


ADA, EVE = dict([bearer("ada")]), dict([bearer("eve")])
pytestmark = pytest.mark.asyncio(loop_scope="module")


def large(size_bytes: int) -> bytes:
    """Return a picture of about this many bytes."""
    side = int((size_bytes / 3) ** 0.5)
    return saved(Image.new("RGB", (side, side)), compress_level=0)


async def send(
    house: Reception, body: bytes | AsyncIterator[bytes], **headers: str
) -> httpx2.Response:
    return await house.http.post("/api/uploads", content=body, headers={**ADA, **headers})


async def nothing_is_left(house: Reception) -> None:
    """Return once nothing is, which takes a moment where the sender has simply left."""
    await eventually(lambda: not house.leftovers)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
async def test_each_format_is_kept_as_it_is_with_its_facts(house: Reception, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = saved(quadrants(60, 40), name, exif=exif)
    answer = await send(house, file, **{"Content-Type": "text/plain"})
    told = answer.json()
    assert answer.status_code == 201
    assert (told["width"], told["height"]) == (40, 60)
    assert (told["size"], told["contentType"]) == (len(file), f"image/{name.lower()}")
    assert told["expiresAt"].endswith("Z")
    [kept] = [path for path in house.folder.rglob("up-*") if path.is_file()]
    assert kept.read_bytes().startswith(file)
    assert kept.parent.name == "uploads"
    shown = (await house.http.get(f"/api/uploads/{told['uploadId']}", headers=ADA)).json()
    assert shown["upload"].items() >= told.items()


async def test_a_body_of_unknown_length_is_taken_as_it_comes(house: Reception) -> None:
    async def drops() -> AsyncIterator[bytes]:
        for at in range(0, len(PICTURE), 40):
            yield PICTURE[at : at + 40]

    assert (await send(house, drops())).json()["size"] == len(PICTURE)


async def test_a_service_may_send_it_over_grpc_for_anybody(house: Reception) -> None:
    def parts() -> Iterator[pb.CreateUploadRequest]:
        yield pb.CreateUploadRequest(user_id="ada")
        for at in range(0, len(PICTURE), 100):
            yield pb.CreateUploadRequest(body=HttpBody(data=PICTURE[at : at + 100]))

    async with connected(house.address, ("x-api-key", KEY)) as client:
        stub = UploadServiceStub(client.channel)
        told = await stub.CreateUpload(parts(), metadata=[("x-api-key", KEY)], timeout=WAIT_SECONDS)
        assert (await house.http.get(f"/api/uploads/{told.upload_id}", headers=ADA)).is_success


SCANS = saved(quadrants(9, 9), "JPEG")[:-2] + b"\xff\xda\0\2" * 200


def bomb() -> bytes:
    """Return a PNG that says that it has 60,000 x 60,000 pixels."""
    header = b"IHDR" + (60_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    begin = PICTURE.index(b"IHDR")
    return b"".join(
        (
            PICTURE[:begin],
            header,
            zlib.crc32(header).to_bytes(4),
            PICTURE[begin + len(header) + 4 :],
        )
    )


REFUSED: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", {}, 400, "empty"),
    "another format": (saved(quadrants(9, 9), "GIF"), {"Content-Type": "image/png"}, 400, "PNG, J"),
    "a script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", {}, 400, "PNG, J"),
    "a page before a picture": (b"<!DOCTYPE html>" + PICTURE, {}, 400, "PNG, J"),
    "half a picture": (PICTURE[: len(PICTURE) // 2], {}, 400, "broken"),
    "a head alone": (PICTURE[:12], {}, 400, "broken"),
    "a bomb": (bomb(), {}, 400, "at most 4000000 pixels"),
    "too many scans": (
        saved(quadrants(9, 9), "JPEG")[:-2] + b"\xff\xda\0\2" * 200,
        {},
        400,
        "scans",
    ),
    "compressed": (gzip.compress(PICTURE), {"Content-Encoding": "gzip"}, 400, "Content-Encoding"),
    "a byte too many": (PICTURE + bytes(TOO_MANY), {}, 413, f"{MOST_BYTES} bytes"),
    "in pieces that are forms": (b"--x\r\n\r\n" + PICTURE, {}, 400, "nothing around it"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_used_is_refused_and_leaves_nothing(
    house: Reception, what: str
) -> None:
    body, headers, status, told = REFUSED[what]
    answer = await send(house, body, **headers)
    assert (answer.status_code, told in answer.json()["message"]) == (status, True), answer.text
    assert house.leftovers == []


async def test_nobody_uploads_without_credentials_or_for_others(house: Reception) -> None:
    assert (await house.http.post("/api/uploads", content=PICTURE)).status_code == 401
    forged = await house.http.post("/api/uploads?userId=ada", content=PICTURE, headers=EVE)
    assert forged.status_code == 403
    assert house.leftovers == []


async def test_another_owners_upload_looks_like_one_that_does_not_exist(house: Reception) -> None:
    known = (await send(house, PICTURE)).json()["uploadId"]
    for upload_id in (known, known[:-1] + "x", "up-1"):
        for method in ("GET", "DELETE"):
            answer = await house.http.request(method, f"/api/uploads/{upload_id}", headers=EVE)
            assert (answer.status_code, answer.json()["code"]) == (404, "UPLOAD_NOT_FOUND")
    assert (await house.http.get("/api/uploads", headers=EVE)).json()["uploads"] == []
    assert (await house.http.get(f"/api/uploads/{known}", headers=ADA)).is_success


async def test_two_at_once_cannot_take_the_same_space(house: Reception) -> None:
    picture = large(380_000)
    assert (await send(house, picture)).status_code == 201
    answers = await asyncio.gather(send(house, picture), send(house, picture))
    assert sorted(answer.status_code for answer in answers) == [201, 429]
    [full] = [answer.json() for answer in answers if answer.status_code == 429]
    assert (full["code"], f"{SPACE_BYTES} bytes" in full["message"]) == (
        "UPLOAD_SPACE_EXCEEDED",
        True,
    )
    listed = (await house.http.get("/api/uploads", headers=ADA)).json()["uploads"]
    assert (
        await house.http.delete(f"/api/uploads/{listed[0]['uploadId']}", headers=ADA)
    ).is_success
    assert (await send(house, picture)).status_code == 201


async def test_a_list_has_pages(house: Reception) -> None:
    made = [(await send(house, PICTURE)).json()["uploadId"] for _ in range(3)]
    first = (await house.http.get("/api/uploads?limit=2", headers=ADA)).json()
    after = {"cursor": first["nextCursor"], "limit": "2"}
    rest = (await house.http.get("/api/uploads", params=after, headers=ADA)).json()
    found = [one["uploadId"] for one in (*first["uploads"], *rest["uploads"])]
    assert (found, first["count"], rest["nextCursor"]) == (made[::-1], 2, "")
    wrong = await house.http.get("/api/uploads?cursor=x", headers=ADA)
    assert wrong.json()["code"] == "INVALID_REQUEST"


def begun(length: int, *headers: str) -> bytes:
    """Return the beginning of a request whose body goes on."""
    lines = ["POST /api/uploads HTTP/1.1", "host: x", *(": ".join(pair) for pair in ADA.items())]
    head = "\r\n".join([*lines, f"content-length: {length}", *headers, "", ""])
    return head.encode() + PICTURE[:50]


async def test_a_file_that_pauses_for_too_long_is_refused_and_leaves_nothing(
    house: Reception,
) -> None:
    host, _, port = house.front.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(begun(len(PICTURE)))
    async with asyncio.timeout(WAIT_SECONDS):
        answer = await reader.readuntil(b'"requestId"')
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"REQUEST_TIMEOUT" in answer
    await nothing_is_left(house)


async def test_a_file_may_take_longer_than_other_bodies(house: Reception) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield PICTURE[:50]
        for at in (50, 100):  # together longer than any other body may take here
            await asyncio.sleep(0.8)
            yield PICTURE[at : at + 50]
        yield PICTURE[150:]

    assert (await send(house, slow())).status_code == 201


async def test_a_sender_that_leaves_in_the_middle_leaves_nothing(house: Reception) -> None:
    host, _, port = house.front.partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(begun(len(PICTURE)))
    await eventually(lambda: bool(house.leftovers))
    writer.transport.abort()
    await nothing_is_left(house)


async def test_a_caller_has_a_few_uploads_under_way_and_no_more(house: Reception) -> None:
    host, _, port = house.front.partition(":")
    writers = []
    for _ in range(3):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(begun(len(PICTURE)))
        writers.append(writer)
    await eventually(lambda: house.redis.zcard("snapasset:uploads-due") == 3)
    answer = await send(house, PICTURE)
    for writer in writers:
        writer.transport.abort()
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    await nothing_is_left(house)
