"""Speaks the storage contract: proto on one side, Python on the other."""

import asyncio
from collections.abc import AsyncIterator

from snapasset.storage.v1 import storage_pb2 as pb
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceServicer

from services.common.errors import DeadlineExceeded, InternalError, InvalidRequest
from services.common.interceptors import Context
from services.storage.documents import generation, written
from services.storage.facts import ObjectFacts
from services.storage.objects import Objects
from services.storage.owners import Owners
from services.storage.records import GenerationRecords
from services.storage.renditions import Renditions
from services.storage.store import Links


class StorageService(StorageServiceServicer):
    """The rpcs of storage. `upload_idle_seconds` is how long an upload may pause."""

    def __init__(
        self,
        objects: Objects,
        records: GenerationRecords,
        owners: Owners,
        links: Links | None,
        upload_idle_seconds: float,
    ) -> None:
        self._objects = objects
        self._records = records
        self._renditions = Renditions(records)
        self._owners = owners
        self._links = links
        self._upload_idle_seconds = upload_idle_seconds

    async def PutObject(
        self, requests: AsyncIterator[pb.PutObjectRequest], context: Context
    ) -> pb.PutObjectResponse:
        """Store an object."""
        first = await self._next(requests)
        if first.WhichOneof("part") != "header":
            raise InvalidRequest("An upload begins with its header.")
        header = first.header
        async with self._objects.receiving(header.key, header.content_type) as receiving:
            while (part := await self._next(requests)).WhichOneof("part") == "chunk":
                await receiving.write(part.chunk)
            if part.WhichOneof("part") != "commit":
                raise InvalidRequest("An upload is a header, its chunks and a commit.")
            facts = await receiving.commit(part.commit.size_bytes, part.commit.sha256)
        return pb.PutObjectResponse(object=_object(facts))

    async def PutSmallObject(
        self, request: pb.PutSmallObjectRequest, context: Context
    ) -> pb.PutSmallObjectResponse:
        """Store a small object."""
        header = request.header
        facts = await self._objects.put(
            header.key, header.content_type, request.data, request.sha256
        )
        return pb.PutSmallObjectResponse(object=_object(facts))

    async def GetSmallObjects(
        self, request: pb.GetSmallObjectsRequest, context: Context
    ) -> pb.GetSmallObjectsResponse:
        """Return small objects."""
        found = await self._objects.read(request.keys)
        objects = [pb.SmallObject(key=key, data=data) for key, data in found.items()]
        return pb.GetSmallObjectsResponse(objects=objects)

    async def GetObject(
        self, request: pb.GetObjectRequest, context: Context
    ) -> AsyncIterator[pb.GetObjectResponse]:
        """Send an object or a range of it."""
        offset = request.offset if request.HasField("offset") else None
        length = request.length if request.HasField("length") else None
        async with self._objects.reading(request.key, offset, length) as sending:
            yield pb.GetObjectResponse(object=_object(sending.facts))
            async for chunk in sending.chunks():
                yield pb.GetObjectResponse(chunk=chunk)

    async def StatObject(
        self, request: pb.StatObjectRequest, context: Context
    ) -> pb.StatObjectResponse:
        """Return the facts of an object."""
        facts = await self._objects.stat(request.key)
        return pb.StatObjectResponse(object=_object(facts))

    async def DeleteObject(
        self, request: pb.DeleteObjectRequest, context: Context
    ) -> pb.DeleteObjectResponse:
        """Delete an object."""
        await self._objects.delete(request.key)
        return pb.DeleteObjectResponse()

    async def CheckRoom(
        self, request: pb.CheckRoomRequest, context: Context
    ) -> pb.CheckRoomResponse:
        """Check that there is room."""
        await self._objects.check_room(request.size_bytes)
        return pb.CheckRoomResponse()

    async def SignLinks(
        self, request: pb.SignLinksRequest, context: Context
    ) -> pb.SignLinksResponse:
        """Sign links to objects."""
        if self._links is None:
            raise InternalError(
                "Storage signs no links: its IMAGE_LINKS differs from the gateway's."
            )
        urls = self._links.sign_all(request.keys)
        return pb.SignLinksResponse(urls=urls, valid_seconds=self._links.valid_seconds)

    async def SaveGeneration(
        self, request: pb.SaveGenerationRequest, context: Context
    ) -> pb.SaveGenerationResponse:
        """Store a record."""
        made = request.generation
        await self._records.save(made.user_id, made.generation_id, written(made))
        return pb.SaveGenerationResponse()

    async def AddRenditions(
        self, request: pb.AddRenditionsRequest, context: Context
    ) -> pb.AddRenditionsResponse:
        """Add renditions to a generation."""
        await self._renditions.add(
            request.user_id, request.generation_id, request.job_id, request.images
        )
        return pb.AddRenditionsResponse()

    async def DeleteRendition(
        self, request: pb.DeleteRenditionRequest, context: Context
    ) -> pb.DeleteRenditionResponse:
        """Delete one rendition of a generation."""
        await self._renditions.delete(request.user_id, request.generation_id, request.rendition_id)
        return pb.DeleteRenditionResponse()

    async def GetGeneration(
        self, request: pb.GetGenerationRequest, context: Context
    ) -> pb.GetGenerationResponse:
        """Return a record."""
        kept = await self._records.get(request.user_id, request.generation_id)
        return pb.GetGenerationResponse(generation=generation(kept))

    async def ListGenerations(
        self, request: pb.ListGenerationsRequest, context: Context
    ) -> pb.ListGenerationsResponse:
        """Return a page of records."""
        size = request.page_size if request.HasField("page_size") else None
        page = await self._records.list_page(request.user_id, size, request.page_token)
        return pb.ListGenerationsResponse(
            generations=map(generation, page.records), next_page_token=page.next_token
        )

    async def DeleteGeneration(
        self, request: pb.DeleteGenerationRequest, context: Context
    ) -> pb.DeleteGenerationResponse:
        """Delete a generation's objects and record."""
        deleted = await self._records.delete(request.user_id, request.generation_id)
        return pb.DeleteGenerationResponse(deleted_objects=deleted)

    async def DeleteOwner(
        self, request: pb.DeleteOwnerRequest, context: Context
    ) -> pb.DeleteOwnerResponse:
        """Delete an owner's data, or part of it."""
        deleted = await self._owners.delete(request.user_id)
        return pb.DeleteOwnerResponse(
            deleted_generations=deleted.records, deleted_objects=deleted.objects, done=deleted.done
        )

    async def _next(self, requests: AsyncIterator[pb.PutObjectRequest]) -> pb.PutObjectRequest:
        """Return the next part, an empty one at the end. Raises DeadlineExceeded."""
        try:
            async with asyncio.timeout(self._upload_idle_seconds):
                return await anext(requests, pb.PutObjectRequest())
        except TimeoutError as error:
            raise DeadlineExceeded("The upload paused for too long; send it again.") from error


def _object(facts: ObjectFacts) -> pb.ObjectInfo:
    info = pb.ObjectInfo(
        key=facts.key,
        content_type=facts.content_type,
        size_bytes=facts.size_bytes,
        sha256=facts.sha256,
    )
    info.stored_at.FromDatetime(facts.stored_at)
    return info
