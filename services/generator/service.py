"""Translates between the contract and the modules that decide."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from functools import partial
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1 import generator_pb2_grpc

from services.common.channels import CHUNK_BYTES
from services.common.charge import Charge
from services.common.errors import FieldMistake, InvalidRequest
from services.common.gate import Gate
from services.generator.events import (
    Bought,
    Called,
    Event,
    Previewed,
    Progressed,
    Unreadable,
    events_of,
)
from services.generator.kept import KeptAnswers
from services.generator.orders import Order, check
from services.generator.providers.port import Usage
from services.generator.purchase import Buyer
from services.generator.sizes import Shape
from services.generator.verify import VerifiedImage

_CHARGES = {
    Charge.NOT_CHARGED: pb.CHARGE_NOT_CHARGED,
    Charge.CHARGED: pb.CHARGE_CHARGED,
    Charge.UNKNOWN: pb.CHARGE_UNKNOWN,
}


class GeneratorService(generator_pb2_grpc.GeneratorServiceServicer):
    """The GeneratorService of the contract."""

    def __init__(self, buyer: Buyer, kept: KeptAnswers, gate: Gate) -> None:
        self._buyer = buyer
        self._kept = kept
        self._gate = gate

    async def Generate(
        self, request: pb.GenerateRequest, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[pb.GenerateResponse]:
        """Buy one image and stream all that happens."""
        order = _order(request)
        check(order)
        async with (
            self._gate.place(),
            aclosing(events_of(partial(self._buyer.buy, order, ctx.time_remaining()))) as events,
        ):
            async for event in events:
                for response in _responses(event):
                    yield response

    async def EstimatePurchase(
        self, request: pb.EstimatePurchaseRequest, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.EstimatePurchaseResponse:
        """Say what Generate would cost at most."""
        order = _terms(request)
        check(order)
        estimate = self._buyer.estimate(order)
        return pb.EstimatePurchaseResponse(
            provider=estimate.provider, model=estimate.model, estimate_micros=estimate.micros
        )

    async def ReadAnswer(
        self,
        request_iterator: AsyncIterator[pb.ReadAnswerRequest],
        ctx: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[pb.ReadAnswerResponse]:
        """Read a kept answer again and stream the image."""
        first = await anext(request_iterator, None)
        if first is None or not first.HasField("header"):
            raise _wrong_part("The first message must be the header.")
        header = first.header
        async with self._gate.place():
            image, painted = await self._kept.read(
                header.provider, header.content_type, header.size_bytes, _chunks(request_iterator)
            )
        event = Bought(
            image=image,
            provider=header.provider,
            model=header.model,
            quality=header.quality,
            prompt=painted.revised_prompt or header.prompt,
        )
        yield pb.ReadAnswerResponse(header=_image_header(event))
        for chunk in _cut(image.data):
            yield pb.ReadAnswerResponse(chunk=chunk)


def _order(request: pb.GenerateRequest) -> Order:
    return Order(
        prompt=request.prompt,
        targets=_shapes(request.targets),
        quality=request.quality,
        style=request.style,
        end_user=request.end_user,
        previews=request.previews,
        purchase_key=request.purchase_key,
        model=request.model,
    )


def _terms(request: pb.EstimatePurchaseRequest) -> Order:
    return Order(
        prompt=request.prompt,
        targets=_shapes(request.targets),
        quality=request.quality,
        style=request.style,
        previews=request.previews,
        model=request.model,
    )


def _shapes(targets: Any) -> tuple[Shape, ...]:
    return tuple(Shape(width=target.width, height=target.height) for target in targets)


async def _chunks(requests: AsyncIterator[pb.ReadAnswerRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if not request.HasField("chunk"):
            raise _wrong_part("Every message after the header must be a chunk.")
        yield request.chunk


def _wrong_part(words: str) -> InvalidRequest:
    return InvalidRequest(words, fields=[FieldMistake("part", words)])


def _responses(event: Event) -> Iterator[pb.GenerateResponse]:
    match event:
        case Progressed():
            progress = pb.Progress(percent=event.percent, message=event.message)
            yield pb.GenerateResponse(progress=progress)
        case Previewed():
            preview = pb.Preview(index=event.index, content_type="image/jpeg", image=event.image)
            yield pb.GenerateResponse(preview=preview)
        case Called():
            yield pb.GenerateResponse(call=_call(event))
        case Bought():
            yield pb.GenerateResponse(header=_image_header(event))
            yield from (pb.GenerateResponse(chunk=chunk) for chunk in _cut(event.image.data))
        case Unreadable():
            yield pb.GenerateResponse(raw_answer=_raw_header(event))
            yield from (pb.GenerateResponse(chunk=chunk) for chunk in _cut(event.raw.data))


def _cut(data: bytes) -> Iterator[bytes]:
    yield from (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))


def _call(event: Called) -> pb.ProviderCall:
    return pb.ProviderCall(
        request_id=event.request_id,
        model=event.model,
        outcome=event.outcome,
        usage=_usage(event.usage) if event.usage else None,
        stand_in=event.stand_in,
        charge=_CHARGES[event.charge],
        cost_micros=event.cost_micros,
        provider=event.provider,
    )


def _usage(usage: Usage) -> pb.Usage:
    return pb.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
    )


def _image_header(event: Bought) -> pb.ImageHeader:
    image: VerifiedImage = event.image
    return pb.ImageHeader(
        model=event.model,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=len(image.data),
        sha256=image.sha256,
        revised_prompt=event.prompt,
        quality=event.quality,
        provider=event.provider,
    )


def _raw_header(event: Unreadable) -> pb.RawAnswer:
    return pb.RawAnswer(
        content_type=event.raw.content_type,
        size_bytes=len(event.raw.data),
        sha256=hashlib.sha256(event.raw.data).hexdigest(),
        provider=event.provider,
        model=event.model,
        prompt=event.prompt,
        quality=event.quality,
    )
