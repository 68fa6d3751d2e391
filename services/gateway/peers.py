"""The pipeline's ports over gRPC: the only place where the worker speaks protobuf."""

import asyncio
import hashlib
import logging
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
from services.common.errors import AppError, Unavailable, from_rpc
from services.common.platforms import PLATFORMS, Platform
from services.gateway.jobs.values import JobSpec, Rendition
from services.gateway.pipeline.ports import (
    Bought,
    Cut,
    Facts,
    GenerationRecord,
    Painting,
    Preview,
    ProviderCall,
    Wishes,
)
from services.gateway.spend.prices import PriceTable

logger = logging.getLogger(__name__)


@asynccontextmanager
async def _speaking_to(service: str) -> AsyncIterator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as failure:
        raise from_rpc(failure, service) from failure


async def _reach(channel: grpc.aio.Channel, service: str, seconds: float) -> None:
    """Wait for a service that is being restarted: that should cost no job an attempt."""
    try:
        async with asyncio.timeout(seconds):
            await channel.channel_ready()
    except TimeoutError as error:
        raise Unavailable(f"The {service} does not answer.") from error


@dataclass(frozen=True, slots=True)
class GrpcGenerator:
    """Buys images from the generator service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float
    prices: PriceTable

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
        await _reach(self.channel, "generator", self.connect_seconds)
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
                            yield self._call(response.call)
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

    def _call(self, call: gen.ProviderCall) -> ProviderCall:
        tokens = (call.usage.input_tokens, call.usage.output_tokens)
        return ProviderCall(
            request_id=call.request_id,
            model=call.model,
            outcome=call.outcome,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            stand_in=call.stand_in,
            cost_micros=0 if call.stand_in else self.prices.cost_micros(call.model, *tokens),
        )


async def _rest(call: Any) -> AsyncIterator[bytes]:
    async with _speaking_to("generator"):
        async for response in call:
            yield response.chunk


@dataclass(frozen=True, slots=True)
class GrpcResizer:
    """Cuts renditions at the resizer service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        platforms: Sequence[str],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        await _reach(self.channel, "resizer", self.connect_seconds)
        header = _header(size_bytes, platforms, wishes)
        call = ResizerServiceStub(self.channel).Resize(**call_options(self.timeout_seconds))
        upload = asyncio.create_task(_upload(call, header, master))
        try:
            async with _speaking_to("resizer"):
                responses = aiter(call)
                async for response in responses:
                    crop = response.header.crop
                    yield Cut(
                        platform=response.header.id,
                        facts=_facts(response.header),
                        crop=(crop.x, crop.y, crop.width, crop.height),
                        chunks=_exactly(responses, response.header.size_bytes),
                    )
        except asyncio.CancelledError:
            if error := _reason(upload):
                raise error from None
            raise
        finally:
            call.cancel()
            upload.cancel()
            await asyncio.wait([upload])  # the caller may close `master` only after it


def _header(size_bytes: int, platforms: Sequence[str], wishes: Wishes) -> res.ResizeHeader:
    header = res.ResizeHeader(
        size_bytes=size_bytes,
        targets=[_target(PLATFORMS[platform]) for platform in platforms],
        format=wishes.file_format,
        crop=wishes.crop,
        model=wishes.model,
    )
    if wishes.focal_point:
        header.focal_point.x, header.focal_point.y = wishes.focal_point
    return header


def _target(platform: Platform) -> res.Target:
    return res.Target(
        id=platform.id,
        width=platform.width,
        height=platform.height,
        covered=[
            res.CoveredArea(left=area.left, top=area.top, right=area.right, bottom=area.bottom)
            for area in platform.covered
        ],
        max_bytes=platform.max_bytes,
    )


async def _upload(call: Any, header: res.ResizeHeader, master: AsyncIterator[bytes]) -> None:
    """Send one master. When that cannot be read, the call is ended."""
    try:
        await call.write(res.ResizeRequest(header=header))
        async for chunk in master:
            await call.write(res.ResizeRequest(chunk=chunk))
        await call.done_writing()
    except AppError:
        call.cancel()
        raise
    except (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.InvalidStateError) as error:
        # The peer has ended the call; whoever reads its answers learns why.
        logger.info("The resizer took no more of the master: %r", error)


def _reason(upload: "asyncio.Task[None]") -> BaseException | None:
    """Return why an upload ended the call, None when it did not."""
    return upload.exception() if upload.done() and not upload.cancelled() else None


async def _exactly(
    responses: AsyncIterator[res.ResizeResponse], size_bytes: int
) -> AsyncIterator[bytes]:
    """Yield the chunks of one rendition and leave the next one's header unread."""
    left = size_bytes
    async with _speaking_to("resizer"):
        while left > 0:
            response = await anext(responses, None)
            if response is None or not response.chunk:
                raise Unavailable("The resizer broke off in the middle of an image.")
            left -= len(response.chunk)
            yield response.chunk


@dataclass(frozen=True, slots=True)
class GrpcStore:
    """Keeps objects and records at the storage service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        """See ports.Store."""
        await _reach(self.channel, "storage", self.connect_seconds)
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
        await _reach(self.channel, "storage", self.connect_seconds)
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
        await _reach(self.channel, "storage", self.connect_seconds)
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
