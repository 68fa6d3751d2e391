"""An image that is replaced between two looks at it."""

from collections.abc import AsyncIterator

import pytest
from snapasset.gateway.v1.site_pb2 import GetImageRequest
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)

from services.common.interceptors import Context
from services.common.process_settings import ServerSettings
from services.common.serve import running
from tests.servers.gateway import connected, running_gateway

SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)
PATH = "ada/01932d4e-7f00-7abc-8def-0123456789ab/twitter-post-1200x675.jpg"
OLD, NEW = "0" * 64, "1" * 64


class Replacing(StorageServiceServicer):
    """Tells of the old image, and reads `read`."""

    def __init__(self, read: str) -> None:
        self._read = read

    async def StatObject(
        self, request: sto.StatObjectRequest, context: Context
    ) -> sto.StatObjectResponse:
        return sto.StatObjectResponse(object=image(OLD))

    async def GetObject(
        self, request: sto.GetObjectRequest, context: Context
    ) -> AsyncIterator[sto.GetObjectResponse]:
        yield sto.GetObjectResponse(object=image(self._read))
        yield sto.GetObjectResponse(chunk=b"image")


def image(sha256: str) -> sto.ObjectInfo:
    return sto.ObjectInfo(key=PATH, content_type="image/jpeg", size_bytes=5, sha256=sha256)


@pytest.mark.parametrize("part", [(), (("range", "bytes=1-2"),)])
@pytest.mark.parametrize(("read", "code"), [(OLD, ""), (NEW, "SERVICE_UNAVAILABLE")])
async def test_headers_and_bytes_of_an_image_are_of_one_version(
    redis_url: str, part: tuple[tuple[str, str], ...], read: str, code: str
) -> None:
    servicer = Replacing(read)  # type: ignore[abstract]
    added = (add_StorageServiceServicer_to_server, servicer)
    async with (
        running(SETTINGS, 0, [added]) as port,
        running_gateway(redis_url, storage_address=f"127.0.0.1:{port}") as address,
        connected(address) as browser,
    ):
        rpc = SiteServiceStub(browser.channel).GetImage
        answer = await browser.call(rpc, GetImageRequest(path=PATH), *part)
    assert answer.code == code
    assert answer.headers.get("etag") == (None if code else f'"{OLD}"')
