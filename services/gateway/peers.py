"""The pipeline's ports over gRPC: the only place where the worker speaks protobuf."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub
from snapasset.resizer.v1 import resizer_pb2 as res
from snapasset.resizer.v1.resizer_pb2_grpc import ResizerServiceStub
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.channels import call_options
from services.common.errors import from_rpc
from services.common.platforms import PLATFORMS
from services.gateway.jobs.values import JobSpec, Rendition
from services.gateway.pipeline.ports import (
    Bought,
    Cut,
    Facts,
    GenerationRecord,
    Painting,
    Preview,
    ProviderCall,
)


@asynccontextmanager
async def _speaking_to(service: str) -> AsyncIterator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as failure:
        raise from_rpc(failure, service) from failure


@dataclass(frozen=True, slots=True)
class GrpcGenerator:
    """Buys images from the generator service."""

    channel: grpc.aio.Channel
    timeout_seconds: float

    async def generate(
        self, spec: JobSpec
    ) -> AsyncIterator[Painting | Preview | ProviderCall | Bought]:
        """See ports.Generator."""
        shapes = [PLATFORMS[platform] for platform in spec.platforms]
        request = gen.GenerateRequest(
            prompt=spec.prompt,
            targets=[gen.TargetShape(width=s.width, height=s.height) for s in shapes],
            quality=spec.options.get("quality", ""),
            style=spec.options.get("style", ""),
            end_user=hashlib.sha256(spec.user_id.encode()).hexdigest()[:32],
            previews=2,
        )
        call = GeneratorServiceStub(self.channel).Generate(
            request, **call_options(self.timeout_seconds)
        )
        try:
            async with _speaking_to("generator"):
                async for response in call:
                    match response.WhichOneof("event"):
                        case "progress":
                            told = response.progress
                            yield Painting(percent=told.percent, message=told.message)
                        case "preview":
                            yield Preview(image=response.preview.image)
                        case "call":
                            yield _call(response.call)
                        case "header":
                            header = response.header
                            yield Bought(
                                facts=_facts(header),
                                model=header.model,
                                revised_prompt=header.revised_prompt,
                                chunks=_rest(call),
                            )
        finally:
            call.cancel()


async def _rest(call: Any) -> AsyncIterator[bytes]:
    async with _speaking_to("generator"):
        async for response in call:
            yield response.chunk


@dataclass(frozen=True, slots=True)
class GrpcResizer:
    """Cuts renditions at the resizer service."""

    channel: grpc.aio.Channel
    timeout_seconds: float

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        platforms: Sequence[str],
        file_format: str,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        targets = [
            res.Target(
                id=platform, width=PLATFORMS[platform].width, height=PLATFORMS[platform].height
            )
            for platform in platforms
        ]
        broken: list[Exception] = []

        async def upload() -> AsyncIterator[res.ResizeRequest]:
            header = res.ResizeHeader(size_bytes=size_bytes, targets=targets, format=file_format)
            yield res.ResizeRequest(header=header)
            try:
                async for chunk in master:
                    yield res.ResizeRequest(chunk=chunk)
            except Exception as error:  # noqa: BLE001 - raised again below
                # gRPC would swallow it: the call is ended here and the reason raised below.
                broken.append(error)
                call.cancel()

        call = ResizerServiceStub(self.channel).Resize(
            upload(), **call_options(self.timeout_seconds)
        )
        try:
            async with _speaking_to("resizer"):
                responses = aiter(call)
                async for response in responses:
                    header, crop = response.header, response.header.crop
                    yield Cut(
                        platform=header.id,
                        facts=_facts(header),
                        crop=(crop.x, crop.y, crop.width, crop.height),
                        chunks=_exactly(responses, header.size_bytes),
                    )
        except BaseException:
            if broken:
                raise broken[0] from None
            raise
        finally:
            call.cancel()


async def _exactly(
    responses: AsyncIterator[res.ResizeResponse], size_bytes: int
) -> AsyncIterator[bytes]:
    """Yield the chunks of one rendition and leave the next one's header unread."""
    left = size_bytes
    async with _speaking_to("resizer"):
        while left > 0 and (response := await anext(responses, None)):
            left -= len(response.chunk)
            yield response.chunk


@dataclass(frozen=True, slots=True)
class GrpcStore:
    """Keeps objects and records at the storage service."""

    channel: grpc.aio.Channel
    timeout_seconds: float

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        """See ports.Store."""
        call = StorageServiceStub(self.channel).PutObject(**call_options(self.timeout_seconds))

        async def write(**part: Any) -> None:
            try:
                await call.write(sto.PutObjectRequest(**part))
            except (grpc.aio.UsageError, asyncio.InvalidStateError):
                # gRPC says only that the peer has ended the call; the status says why.
                await call

        try:
            async with _speaking_to("storage"):
                await write(header=sto.PutObjectHeader(key=key, content_type=content_type))
                async for chunk in chunks:
                    await write(chunk=chunk)
                await write(commit=sto.PutObjectCommit(size_bytes=size, sha256=sha256))
                await call.done_writing()
                await call
        finally:
            call.cancel()

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """See ports.Store."""
        request = sto.GetObjectRequest(key=key)
        call = StorageServiceStub(self.channel).GetObject(
            request, **call_options(self.timeout_seconds)
        )
        try:
            async with _speaking_to("storage"):
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
            user_id=record.spec.user_id,
            job_id=record.job_id,
            prompt=record.spec.prompt,
            revised_prompt=record.revised_prompt,
            model=record.model,
            options=dict(record.spec.options),
            master=_stored(record.master),
            images=[_stored(image) for image in record.images],
            usage=sto.TokenUsage(
                input_tokens=tokens[0], output_tokens=tokens[1], total_tokens=sum(tokens)
            ),
            provider_request_id=ok[-1].request_id if ok else "",
            stand_in=any(call.stand_in for call in ok),
            created_at=created,
        )
        async with _speaking_to("storage"):
            await StorageServiceStub(self.channel).SaveGeneration(
                sto.SaveGenerationRequest(generation=generation),
                **call_options(self.timeout_seconds),
            )


IDEMPOTENT = (
    ("snapasset.storage.v1.StorageService", "SaveGeneration"),
    ("snapasset.storage.v1.StorageService", "GetObject"),
    ("snapasset.storage.v1.StorageService", "StatObject"),
    ("snapasset.storage.v1.StorageService", "GetGeneration"),
    ("snapasset.storage.v1.StorageService", "ListGenerations"),
)
"""Calls that gRPC may repeat by itself."""


def _facts(header: Any) -> Facts:
    return Facts(
        content_type=header.content_type,
        width=header.width,
        height=header.height,
        size_bytes=header.size_bytes,
        sha256=header.sha256,
    )


def _call(call: gen.ProviderCall) -> ProviderCall:
    return ProviderCall(
        request_id=call.request_id,
        model=call.model,
        outcome=call.outcome,
        input_tokens=call.usage.input_tokens,
        output_tokens=call.usage.output_tokens,
        stand_in=call.stand_in,
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
    )
