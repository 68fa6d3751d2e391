"""Generator, resizer and storage that pass one canned image around, as fast as gRPC does."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import (
    GeneratorServiceServicer,
    add_GeneratorServiceServicer_to_server,
)
from snapasset.resizer.v1 import resizer_pb2 as res
from snapasset.resizer.v1.resizer_pb2_grpc import (
    ResizerServiceServicer,
    add_ResizerServiceServicer_to_server,
)
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)

from services.common.channels import CHUNK_BYTES
from services.common.errors import ObjectNotFound
from services.common.interceptors import Context
from services.common.process_settings import ServerSettings
from services.common.serve import Registration, running


class CannedLeaves(GeneratorServiceServicer, ResizerServiceServicer, StorageServiceServicer):
    """All three of them. Storage knows the keys that were put, and gives `image` for each."""

    def __init__(self, image: bytes) -> None:
        self._chunks = [image[at : at + CHUNK_BYTES] for at in range(0, len(image), CHUNK_BYTES)]
        self._size_bytes = len(image)
        self._sha256 = hashlib.sha256(image).hexdigest()
        self._keys: set[str] = set()

    async def Generate(
        self, request: gen.GenerateRequest, context: Context
    ) -> AsyncIterator[gen.GenerateResponse]:
        """Sell the image."""
        yield gen.GenerateResponse(call=gen.ProviderCall(model="gpt-image-2", outcome="ok"))
        yield gen.GenerateResponse(
            header=gen.ImageHeader(
                model="gpt-image-2",
                content_type="image/png",
                width=1024,
                height=1024,
                size_bytes=self._size_bytes,
                sha256=self._sha256,
            )
        )
        for chunk in self._chunks:
            yield gen.GenerateResponse(chunk=chunk)

    async def Resize(
        self, request_iterator: AsyncIterator[res.ResizeRequest], context: Context
    ) -> AsyncIterator[res.ResizeResponse]:
        """Cut nothing off."""
        header = (await anext(aiter(request_iterator))).header
        async for _ in request_iterator:
            pass
        for number, target in enumerate(header.targets, 1):
            yield res.ResizeResponse(
                header=res.RenditionHeader(
                    id=target.id,
                    number=number,
                    total=len(header.targets),
                    width=target.width,
                    height=target.height,
                    content_type="image/jpeg",
                    size_bytes=self._size_bytes,
                    sha256=self._sha256,
                )
            )
            for chunk in self._chunks:
                yield res.ResizeResponse(chunk=chunk)

    async def CheckRoom(
        self, request: sto.CheckRoomRequest, context: Context
    ) -> sto.CheckRoomResponse:
        """There is."""
        return sto.CheckRoomResponse()

    async def PutObject(
        self, requests: AsyncIterator[sto.PutObjectRequest], context: Context
    ) -> sto.PutObjectResponse:
        """Remember the key."""
        key = (await anext(aiter(requests))).header.key
        async for _ in requests:
            pass
        self._keys.add(key)
        return sto.PutObjectResponse(object=sto.ObjectInfo(key=key))

    async def PutSmallObject(
        self, request: sto.PutSmallObjectRequest, context: Context
    ) -> sto.PutSmallObjectResponse:
        """Remember the key."""
        self._keys.add(request.header.key)
        return sto.PutSmallObjectResponse(object=sto.ObjectInfo(key=request.header.key))

    async def GetSmallObjects(
        self, request: sto.GetSmallObjectsRequest, context: Context
    ) -> sto.GetSmallObjectsResponse:
        """Find none."""
        return sto.GetSmallObjectsResponse()

    async def GetObject(
        self, request: sto.GetObjectRequest, context: Context
    ) -> AsyncIterator[sto.GetObjectResponse]:
        """Send the image, if there is one."""
        if request.key not in self._keys:
            raise ObjectNotFound("There is no such object.")
        for chunk in self._chunks:
            yield sto.GetObjectResponse(chunk=chunk)

    async def SaveGeneration(
        self, request: sto.SaveGenerationRequest, context: Context
    ) -> sto.SaveGenerationResponse:
        """Forget it."""
        return sto.SaveGenerationResponse()


@asynccontextmanager
async def canned_leaves(image: bytes) -> AsyncIterator[dict[str, str]]:
    """Serve them for the length of the block; gives the settings that name them."""
    leaves = CannedLeaves(image)  # type: ignore[abstract]
    settings = ServerSettings(drain_seconds=0, grace_seconds=0)
    registrations: dict[str, Registration] = {
        "GENERATOR_ADDRESS": (add_GeneratorServiceServicer_to_server, leaves),
        "RESIZER_ADDRESS": (add_ResizerServiceServicer_to_server, leaves),
        "STORAGE_ADDRESS": (add_StorageServiceServicer_to_server, leaves),
    }
    async with AsyncExitStack() as stack:
        yield {
            name: f"127.0.0.1:{await stack.enter_async_context(running(settings, 0, [added]))}"
            for name, added in registrations.items()
        }
