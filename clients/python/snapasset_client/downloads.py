"""Fetches finished images over the API's own channel, so that services need no route to a CDN;
only images in a private bucket are fetched from there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.renditions_pb2 import GetMasterRequest
from snapasset.gateway.v1.renditions_pb2_grpc import RenditionServiceStub
from snapasset.gateway.v1.site_pb2 import GetImageRequest
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub

from .connection import Connection, new_request_id
from .errors import BAD_ANSWER, SnapAssetError
from .folders import Folder
from .forms import image_key, image_name
from .links import Follower

MAX_IMAGE_BYTES = 64 << 20
"""More than any image that the service makes: what a server says about its size ends here."""

_SIGNATURE = "X-Amz-Signature="
"""Only addresses in a private bucket have one."""


async def read_image(
    connection: Connection, follower: Follower, image: pb.JobImage
) -> AsyncIterator[bytes]:
    """Yield the bytes of an image, exactly as many as it says. Raises SnapAssetError."""
    if not 0 < image.size <= MAX_IMAGE_BYTES:
        text = f"The API says that an image has {image.size} bytes; {MAX_IMAGE_BYTES} can be read."
        raise SnapAssetError(text, code=BAD_ANSWER)
    read = 0
    async for piece in _pieces(connection, follower, image):
        read += len(piece)
        if read > image.size:
            break
        yield piece
    if read != image.size:
        what = "is longer than it should be" if read > image.size else "arrived incomplete"
        raise SnapAssetError(f"The image for {image.platform_id} {what}.", code=BAD_ANSWER)


async def save_image(
    connection: Connection, follower: Follower, image: pb.JobImage, folder: Folder
) -> Path:
    """Write an image into `folder` under its platform's name and return the file.

    The file appears only once it is complete. Raises SnapAssetError, OSError.
    """
    name = image_name(image)
    with folder.new_file(name) as out:
        async for piece in read_image(connection, follower, image):
            out.write(piece)
    return folder.path / name


async def read_master(connection: Connection, request: GetMasterRequest) -> AsyncIterator[bytes]:
    """Yield the bytes of a bought image, with the caller's credentials. Raises SnapAssetError."""
    read = 0
    async for piece in _streamed(
        connection, RenditionServiceStub(connection.channel).GetMaster, request
    ):
        read += len(piece)
        if read > MAX_IMAGE_BYTES:
            text = f"The bought image has more than {MAX_IMAGE_BYTES} bytes, the most that is read."
            raise SnapAssetError(text, code=BAD_ANSWER)
        yield piece


async def _pieces(
    connection: Connection, follower: Follower, image: pb.JobImage
) -> AsyncIterator[bytes]:
    if _SIGNATURE in image.url:
        yield await asyncio.to_thread(follower.read, image.url, image.size)
        return
    request = GetImageRequest(path=image_key(image))
    async for piece in _streamed(connection, SiteServiceStub(connection.channel).GetImage, request):
        yield piece


async def _streamed(connection: Connection, method: Any, request: Any) -> AsyncIterator[bytes]:
    request_id = new_request_id()
    call = method(
        request,
        timeout=connection.patience.timeout_seconds,
        metadata=connection.metadata(request_id),
    )
    try:
        async for part in call:
            yield part.body.data
    except grpc.aio.AioRpcError as failure:
        raise connection.failed(failure, request_id) from failure
    finally:
        call.cancel()
