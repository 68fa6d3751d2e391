"""Links that storage signs, followed on real S3 servers by a client without credentials."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from snapasset.gateway.v1.generations_pb2 import ListGenerationsRequest
from snapasset.gateway.v1.site_pb2 import GetImageRequest
from snapasset.storage.v1 import storage_pb2 as pb

from clients.python.snapasset_client import SnapAsset, SnapAssetError
from deploy.local.forks import ForkServer
from services.common.errors import InternalError, InvalidRequest
from services.common.keys import object_key
from services.storage.bucket import presigned_links
from services.storage.settings import StorageSettings
from tests.contracts.calls import SOON, put, refusal
from tests.contracts.conftest import empty_bucket
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.redis import running_redis
from tests.servers.s3 import KINDS
from tests.servers.storage import connected as storage_connected
from tests.servers.storage import running_storage, storage_process

FOLDER = "ada/01932d4e-7f00-7abc-8def-0123456789ab"
KEY = object_key(f"{FOLDER}/twitter-post-1200x675.jpg")
OTHER = object_key(f"{FOLDER}/master-0123")

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP, which would otherwise read all certificate authorities each time."""


@pytest.fixture(params=KINDS)
def private(request: pytest.FixtureRequest) -> StorageSettings:
    """Settings of an empty private bucket whose links live for a minute."""
    bucket = empty_bucket(request.getfixturevalue(request.param))
    return presigned(bucket)


def presigned(bucket: StorageSettings) -> StorageSettings:
    at = f"http://{bucket.s3_endpoint}"
    made = replace(bucket, image_links="presigned", image_link_seconds=60, s3_public_url=at)
    assert not made.complaints()
    return made


async def stored(settings: StorageSettings) -> str:
    """Store two objects; return a link to one."""
    async with running_storage(settings) as storage:
        await put(storage, KEY, b"cat", "image/jpeg")
        await put(storage, OTHER, b"master")
        [url] = (await storage.SignLinks(pb.SignLinksRequest(keys=[KEY]), **SOON)).urls
        return url


async def follow(url: str) -> httpx2.Response:
    async with httpx2.AsyncClient(timeout=30, verify=NO_TLS) as browser:
        return await browser.get(url)


async def test_a_link_works_without_credentials_and_says_what_it_leads_to(
    private: StorageSettings,
) -> None:
    answer = await follow(await stored(private))
    assert (answer.status_code, answer.content) == (200, b"cat")
    assert answer.headers["content-type"] == "image/jpeg"
    name = 'inline; filename="twitter-post-1200x675.jpg"'
    assert answer.headers["content-disposition"] == name
    assert answer.headers["cache-control"] == "private, max-age=60, immutable"


async def test_without_a_link_nothing_can_be_had(private: StorageSettings) -> None:
    url = await stored(private)
    assert (await follow(url.partition("?")[0])).status_code == 403


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (KEY, OTHER),
        ("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        ("inline", "attachment"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ],
)
async def test_a_link_that_was_changed_is_refused(
    private: StorageSettings, true: str, false: str
) -> None:
    url = await stored(private)
    assert true in url
    assert (await follow(url.replace(true, false))).status_code in {400, 403}


async def test_a_link_expires(private: StorageSettings) -> None:
    await stored(private)
    links = presigned_links(private)
    now = datetime.now(UTC)
    ages = [timedelta(seconds=seconds) for seconds in (61, 20)]
    answers = [await follow(links.sign(KEY, now - age)) for age in ages]
    assert [answer.status_code for answer in answers] == [403, 200]


async def test_links_begin_with_the_address_that_clients_know(private: StorageSettings) -> None:
    links = presigned_links(replace(private, s3_public_url="https://files.example/"))
    assert links.sign(KEY).startswith(f"https://files.example/{private.s3_bucket}/{KEY}?")


async def test_only_public_keys_are_signed_and_only_where_it_was_asked_for(
    private: StorageSettings,
) -> None:
    async with running_storage(private) as storage:
        for keys in (["_records/ada/1"], ["../1"], [KEY] * 1001):
            call = storage.SignLinks(pb.SignLinksRequest(keys=keys), **SOON)
            assert isinstance(await refusal(call), InvalidRequest)
    async with running_storage(replace(private, image_links="public")) as storage:
        call = storage.SignLinks(pb.SignLinksRequest(keys=[KEY]), **SOON)
        assert isinstance(await refusal(call), InternalError)


async def test_the_history_has_fresh_links_and_the_gateway_no_images(
    s3_settings: StorageSettings, tmp_path: Path, forks: ForkServer
) -> None:
    settings = presigned(s3_settings)
    record = pb.Generation(generation_id=FOLDER.partition("/")[2], user_id="ada")
    record.images.add(platform="twitter-post", key=KEY, content_type="image/jpeg", size_bytes=3)
    with running_redis() as redis_url, storage_process(settings, forks) as (_, port):
        async with storage_connected(port) as storage:
            await put(storage, KEY, b"cat", "image/jpeg")
            await storage.SaveGeneration(pb.SaveGenerationRequest(generation=record), **SOON)
        at = {
            "storage_address": f"127.0.0.1:{port}",
            "image_links": "presigned",
            "s3_public_url": settings.s3_public_url,
        }
        async with (
            running_gateway(redis_url, **at) as address,
            connected(address, bearer("ada")) as ada,
        ):
            listed = await ada.call(ada.generations.ListGenerations, ListGenerationsRequest())
            [image] = listed.message.generations[0].images
            assert (await follow(image.url)).content == b"cat"
            closed = await ada.call(ada.site.GetImage, GetImageRequest(path=KEY))
            assert closed.code == "IMAGE_NOT_FOUND"
            async with SnapAsset(f"http://{address}") as client:
                with pytest.raises(SnapAssetError, match="which is not https"):
                    await client.save(image, tmp_path)
            trusted = (settings.s3_public_url,)
            async with SnapAsset(f"http://{address}", image_origins=trusted) as client:
                file = await client.save(image, tmp_path)
            assert await asyncio.to_thread(file.read_bytes) == b"cat"
