"""Fetches finished images over the same channel, so that services need no way to a CDN; only a
private bucket answers for itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.site_pb2 import GetImageRequest
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub

from .connection import Connection, new_request_id
from .errors import SnapAssetError, from_rpc

_SIGNATURE = "X-Amz-Signature="
"""Only addresses in a private bucket have one."""

_KEY_SEGMENTS = 3
"""owner / generation / file: the end of an image's address, wherever images are served from."""


async def read_image(connection: Connection, image: pb.JobImage) -> AsyncIterator[bytes]:
    """Yield the bytes of an image. Raises SnapAssetError."""
    if _SIGNATURE in image.url:
        yield await asyncio.to_thread(_fetch, image.url, connection.patience.timeout_seconds)
        return
    path = "/".join(_segments(image)[-_KEY_SEGMENTS:])
    request_id = new_request_id()
    call = SiteServiceStub(connection.channel).GetImage(
        GetImageRequest(path=path),
        timeout=connection.patience.timeout_seconds,
        metadata=connection.metadata(request_id),
    )
    try:
        async for part in call:
            yield part.body.data
    except grpc.aio.AioRpcError as failure:
        raise from_rpc(failure, request_id) from failure
    finally:
        call.cancel()


def _fetch(url: str, timeout_seconds: float) -> bytes:
    """Return what is at a link that the bucket itself answers."""
    try:
        with urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310 - of the API's answer
            content: bytes = answer.read()
    except OSError as error:
        text = "The image cannot be fetched; its link may have expired. Ask for the job again."
        raise SnapAssetError(text, code="IMAGE_NOT_FOUND") from error
    return content


async def save_image(connection: Connection, image: pb.JobImage, folder: Path) -> Path:
    """Write an image to `folder`, which must exist, under its platform's name and return the file.

    The file appears when it is complete. Raises SnapAssetError, OSError.
    """
    suffix = PurePosixPath(_segments(image)[-1]).suffix
    file = folder / f"{PurePosixPath(image.platform_id).name}{suffix}"
    part = file.with_suffix(f"{suffix}.part")
    try:
        with part.open("wb") as out:
            async for chunk in read_image(connection, image):
                out.write(chunk)
        if part.stat().st_size != image.size:
            raise SnapAssetError(f"{file.name} arrived incomplete.", code="BAD_ANSWER")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def _segments(image: pb.JobImage) -> list[str]:
    return [unquote(part) for part in urlsplit(image.url).path.split("/")]
