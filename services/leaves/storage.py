"""The Store port over gRPC."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.assets import ProviderCall, Purchase, Rendition
from services.common.channels import call_options
from services.common.errors import InternalError
from services.common.options import JobOptions, to_texts
from services.leaves.calls import reach, speaking_to

IDEMPOTENT = (
    ("snapasset.storage.v1.StorageService", "SaveGeneration"),
    ("snapasset.storage.v1.StorageService", "CheckRoom"),
    ("snapasset.storage.v1.StorageService", "GetObject"),
    ("snapasset.storage.v1.StorageService", "StatObject"),
    ("snapasset.storage.v1.StorageService", "GetGeneration"),
    ("snapasset.storage.v1.StorageService", "ListGenerations"),
    ("snapasset.storage.v1.StorageService", "DeleteOwner"),
    ("snapasset.storage.v1.StorageService", "SignLinks"),
)
"""Calls that gRPC may repeat by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRecord:
    """What is remembered of a job after it is forgotten."""

    generation_id: str
    job_id: str
    user_id: str
    prompt: str
    options: JobOptions
    purchases: Sequence[Purchase]
    images: Sequence[Rendition]
    calls: Sequence[ProviderCall]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GrpcStore:
    """Keeps objects and records at the storage service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float

    async def check_room(self, size_bytes: int) -> None:
        """See ports.Store."""
        await reach(self.channel, "storage", self.connect_seconds)
        call = StorageServiceStub(self.channel).CheckRoom(
            sto.CheckRoomRequest(size_bytes=size_bytes), **call_options(self.timeout_seconds)
        )
        # In the middle of a deploy, a storage of an earlier version does not know the question.
        with suppress(InternalError):
            async with speaking_to("storage", call):
                await call

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        """See ports.Store."""
        await reach(self.channel, "storage", self.connect_seconds)
        call = StorageServiceStub(self.channel).PutObject(**call_options(self.timeout_seconds))
        header = sto.PutObjectHeader(key=key, content_type=content_type)
        commit = sto.PutObjectCommit(size_bytes=size, sha256=sha256)
        try:
            async with speaking_to("storage", call):
                await call.write(sto.PutObjectRequest(header=header))
                async for chunk in chunks:
                    await call.write(sto.PutObjectRequest(chunk=chunk))
                await call.write(sto.PutObjectRequest(commit=commit))
                await call.done_writing()
                await call
        finally:
            call.cancel()

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """See ports.Store."""
        await reach(self.channel, "storage", self.connect_seconds)
        request = sto.GetObjectRequest(key=key)
        call = StorageServiceStub(self.channel).GetObject(
            request, **call_options(self.timeout_seconds)
        )
        try:
            async with speaking_to("storage", call):
                async for response in call:
                    if response.chunk:
                        yield response.chunk
        finally:
            call.cancel()

    async def save(self, record: GenerationRecord) -> None:
        """See ports.Store."""
        created = Timestamp()
        created.FromDatetime(record.created_at)
        ok = [call for call in record.calls if call.outcome == "ok"]
        tokens = (sum(c.input_tokens for c in ok), sum(c.output_tokens for c in ok))
        generation = sto.Generation(
            generation_id=record.generation_id,
            user_id=record.user_id,
            job_id=record.job_id,
            prompt=record.prompt,
            options=to_texts(record.options),
            masters=[_master(purchase) for purchase in record.purchases],
            images=[_stored(image) for image in record.images],
            usage=sto.TokenUsage(
                input_tokens=tokens[0], output_tokens=tokens[1], total_tokens=sum(tokens)
            ),
            provider_request_ids=[call.request_id for call in ok],
            stand_in=any(call.stand_in for call in ok),
            created_at=created,
        )
        await reach(self.channel, "storage", self.connect_seconds)
        request = sto.SaveGenerationRequest(generation=generation)
        call = StorageServiceStub(self.channel).SaveGeneration(
            request, **call_options(self.timeout_seconds)
        )
        async with speaking_to("storage", call):
            await call


def _master(purchase: Purchase) -> sto.Master:
    return sto.Master(
        image=_stored(purchase.master),
        model=purchase.model,
        revised_prompt=purchase.revised_prompt,
    )


def _stored(image: Rendition) -> sto.StoredImage:
    crop = None
    if image.crop:
        x, y, width, height = image.crop
        crop = sto.ImageCrop(x=x, y=y, width=width, height=height)
    return sto.StoredImage(
        platform=image.platform,
        key=image.key,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        crop=crop,
        master=image.master,
    )
