"""Keeps and reads objects and generation records at the storage service."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import grpc
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.assets import Rendition
from services.common.errors import InternalError, ObjectNotFound, Unavailable
from services.leaves.peer import Peer
from services.leaves.records import (
    GenerationRecord,
    from_message,
    image_to_message,
    to_message,
)

STORAGE = sto.DESCRIPTOR.services_by_name["StorageService"]
"""The contract's name: the contract says which calls gRPC may retry on its own."""

_SMALL_BYTES = 1024 * 1024
"""Up to here, as the contract defines it, a single message carries an object."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredObject:
    """The facts about an object. `sha256` is lower-case hex."""

    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """Links to objects, good for `valid_seconds`; 0 if storage does not say."""

    urls: Sequence[str]
    valid_seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPage:
    """Some records of an owner, newest first; `next_token` asks for more and is "" at the end."""

    records: Sequence[GenerationRecord]
    next_token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """What one call deleted of an owner's data; call again until `done`."""

    generations: int
    objects: int
    done: bool


class StorageClient:
    """The storage service. Every method raises AppError."""

    def __init__(
        self, channel: grpc.aio.Channel, *, timeout_seconds: float, connect_seconds: float = 0.0
    ) -> None:
        self._stub = StorageServiceStub(channel)
        self._peer = Peer(
            name="storage",
            channel=channel,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
        )

    async def check_room(self, size_bytes: int) -> None:
        """Raise StorageFull when there is certainly no room for so many bytes."""
        # During a deploy, a storage of an earlier version does not know this rpc.
        with suppress(InternalError):
            await self._peer.ask(self._stub.CheckRoom, sto.CheckRoomRequest(size_bytes=size_bytes))

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        """Store an object, whole or not at all, in place of an earlier one."""
        header = sto.PutObjectHeader(key=key, content_type=content_type)
        if size <= _SMALL_BYTES:
            data = b"".join([chunk async for chunk in chunks])
            # During a deploy, a storage of an earlier version does not know this rpc.
            with suppress(InternalError):
                await self._peer.ask(
                    self._stub.PutSmallObject,
                    sto.PutSmallObjectRequest(header=header, data=data, sha256=sha256),
                )
                return
            chunks = _one(data)
        commit = sto.PutObjectCommit(size_bytes=size, sha256=sha256)
        async with self._peer.calling(self._stub.PutObject) as call:
            await call.write(sto.PutObjectRequest(header=header))
            async for chunk in chunks:
                await call.write(sto.PutObjectRequest(chunk=chunk))
            await call.write(sto.PutObjectRequest(commit=commit))
            await call.done_writing()
            await call

    async def take_in(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes]
    ) -> StoredObject:
        """Store an object whose size is known only once all of it has come, whole or not at all."""
        header = sto.PutObjectHeader(key=key, content_type=content_type)
        size, digest = 0, hashlib.sha256()
        async with self._peer.calling(self._stub.PutObject) as call:
            await call.write(sto.PutObjectRequest(header=header))
            async for chunk in chunks:
                size += len(chunk)
                digest.update(chunk)
                await call.write(sto.PutObjectRequest(chunk=chunk))
            commit = sto.PutObjectCommit(size_bytes=size, sha256=digest.hexdigest())
            # Whoever is told that this was cancelled may delete the object: not before it exists.
            finishing = asyncio.ensure_future(_finished(call, commit))
            try:
                return _stored((await asyncio.shield(finishing)).object)
            except asyncio.CancelledError:
                await asyncio.wait([finishing])
                raise

    async def delete(self, key: str) -> None:
        """Delete an object; one that does not exist counts as deleted."""
        await self._peer.ask(self._stub.DeleteObject, sto.DeleteObjectRequest(key=key))

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the objects that there are of `keys`, which are small."""
        # During a deploy, a storage of an earlier version does not know this rpc.
        with suppress(InternalError):
            request = sto.GetSmallObjectsRequest(keys=keys)
            answer = await self._peer.ask(self._stub.GetSmallObjects, request)
            return {one.key: one.data for one in answer.objects}
        found = dict[str, bytes]()
        for key in keys:
            with suppress(ObjectNotFound):
                found[key] = b"".join([chunk async for chunk in self.get(key)])
        return found

    async def get(
        self, key: str, offset: int | None = None, length: int | None = None, sha256: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """Read an object or a range of it; if `sha256` is given, only the version that has it.

        Raises ObjectNotFound, RangeNotSatisfiable, and Unavailable for a different version.
        """
        request = sto.GetObjectRequest(key=key, offset=offset, length=length)
        async with self._peer.calling(self._stub.GetObject, request) as call:
            async for response in call:
                if response.HasField("object") and sha256 not in ("", response.object.sha256):
                    raise Unavailable("The object has just been replaced.", retry_after_seconds=1)
                if response.chunk:
                    yield response.chunk

    async def stat(self, key: str) -> StoredObject:
        """Return the facts about an object. Raises ObjectNotFound."""
        answer = await self._peer.ask(self._stub.StatObject, sto.StatObjectRequest(key=key))
        return _stored(answer.object)

    async def sign_links(self, keys: Sequence[str]) -> Signed:
        """Return a link to each key by which anybody can fetch it for a while."""
        answer = await self._peer.ask(self._stub.SignLinks, sto.SignLinksRequest(keys=keys))
        return Signed(urls=answer.urls, valid_seconds=answer.valid_seconds)

    async def save(self, record: GenerationRecord) -> None:
        """Store a record, in place of an earlier one with the same id."""
        request = sto.SaveGenerationRequest(generation=to_message(record))
        await self._peer.ask(self._stub.SaveGeneration, request)

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        """Add what a job has cut to a generation; repeating it changes nothing.

        Raises GenerationNotFound; the images are deleted then.
        """
        request = sto.AddRenditionsRequest(
            user_id=owner,
            generation_id=generation_id,
            job_id=job_id,
            images=map(image_to_message, images),
        )
        await self._peer.ask(self._stub.AddRenditions, request)

    async def delete_rendition(self, owner: str, generation_id: str, rendition_id: str) -> None:
        """Delete one rendition of a generation. Raises NotFound."""
        request = sto.DeleteRenditionRequest(
            user_id=owner, generation_id=generation_id, rendition_id=rendition_id
        )
        await self._peer.ask(self._stub.DeleteRendition, request)

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        """Return a record. Raises NotFound, for another owner's record too."""
        request = sto.GetGenerationRequest(user_id=owner, generation_id=generation_id)
        answer = await self._peer.ask(self._stub.GetGeneration, request)
        return from_message(answer.generation)

    async def records(self, owner: str, page_size: int, page_token: str) -> RecordPage:
        """Return a page of an owner's records. Raises InvalidRequest for an unknown page token."""
        request = sto.ListGenerationsRequest(
            user_id=owner, page_size=page_size, page_token=page_token
        )
        answer = await self._peer.ask(self._stub.ListGenerations, request)
        return RecordPage(
            records=[*map(from_message, answer.generations)], next_token=answer.next_page_token
        )

    async def delete_record(self, owner: str, generation_id: str) -> None:
        """Delete a record and all objects in its folder. Raises NotFound."""
        request = sto.DeleteGenerationRequest(user_id=owner, generation_id=generation_id)
        await self._peer.ask(self._stub.DeleteGeneration, request)

    async def delete_owner(self, owner: str) -> Deleted:
        """Delete as many of an owner's records and objects as there is time for."""
        answer = await self._peer.ask(self._stub.DeleteOwner, sto.DeleteOwnerRequest(user_id=owner))
        return Deleted(
            generations=answer.deleted_generations,
            objects=answer.deleted_objects,
            done=answer.done,
        )


async def _finished(call: Any, commit: sto.PutObjectCommit) -> Any:
    await call.write(sto.PutObjectRequest(commit=commit))
    await call.done_writing()
    return await call


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _stored(info: sto.ObjectInfo) -> StoredObject:
    return StoredObject(
        content_type=info.content_type, size_bytes=info.size_bytes, sha256=info.sha256
    )
