"""Public images: which objects of the store are some, and what an answer says of one."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.channels import call_options
from services.common.errors import ImageNotFound, InvalidRequest, NotFound, from_rpc
from services.gateway.site.ranges import Span

_SECONDS = 60.0

_PATH = re.compile(r"[^/]+/[^/]+/(?P<name>[a-z0-9-]+-[0-9]+x[0-9]+\.(?:jpg|png|webp|avif))")
"""Owner, generation and a rendition. Whatever else a generation keeps stays private: the master,
which is what was paid for and is of use only to cut more from, and our own notes on it."""

_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif"})
"""What a browser shows and never runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFacts:
    """A stored image. `etag` has its quotes, `name` is what it is called when it is saved."""

    key: str
    name: str
    content_type: str
    size_bytes: int
    etag: str


class Images:
    """Reads images from storage. Where they are private, nobody gets one here."""

    def __init__(self, storage: grpc.aio.Channel, *, private: bool) -> None:
        self._storage = StorageServiceStub(storage)
        self._private = private

    async def facts(self, path: str) -> ImageFacts:
        """Return what is known of the image at `path`. Raises ImageNotFound."""
        found = _PATH.fullmatch(path)
        if found is None or self._private:
            raise _missing()
        async with _speaking_of_images():
            request = sto.StatObjectRequest(key=path)
            stored = (await self._storage.StatObject(request, **call_options(_SECONDS))).object
        if stored.content_type not in _TYPES:
            raise _missing()
        return ImageFacts(
            key=path,
            name=found["name"],
            content_type=stored.content_type,
            size_bytes=stored.size_bytes,
            etag=f'"{stored.sha256}"',
        )

    async def read(self, image: ImageFacts, span: Span | None) -> AsyncGenerator[bytes, None]:
        """Yield the image, or a part of it, in chunks. Raises ImageNotFound."""
        request = sto.GetObjectRequest(key=image.key)
        if span:
            request.offset, request.length = span.offset, span.length
        call: Any = self._storage.GetObject(request, **call_options(_SECONDS))
        try:
            async with _speaking_of_images():
                async for part in call:
                    if part.chunk:
                        yield part.chunk
        finally:
            call.cancel()


@asynccontextmanager
async def _speaking_of_images() -> AsyncIterator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as failure:
        error = from_rpc(failure, "storage")
        if isinstance(error, NotFound | InvalidRequest):
            raise _missing() from failure
        raise error from failure


def _missing() -> ImageNotFound:
    return ImageNotFound("There is no image at this path.")
