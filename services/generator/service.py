"""Translates between the contract and the modules that decide."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import asdict
from functools import partial
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1 import generator_pb2_grpc

from services.common.channels import CHUNK_BYTES
from services.common.gate import Gate
from services.generator.events import Bought, Called, Event, Previewed, Progressed, events_of
from services.generator.orders import Order, check
from services.generator.purchase import Buyer
from services.generator.sizes import Shape


class GeneratorService(generator_pb2_grpc.GeneratorServiceServicer):
    """The GeneratorService of the contract."""

    def __init__(self, buyer: Buyer, gate: Gate) -> None:
        self._buyer = buyer
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


def _order(request: pb.GenerateRequest) -> Order:
    return Order(
        prompt=request.prompt,
        targets=tuple(Shape(width=t.width, height=t.height) for t in request.targets),
        quality=request.quality,
        style=request.style,
        end_user=request.end_user,
        previews=request.previews,
    )


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
            yield pb.GenerateResponse(header=_header(event))
            data = event.image.data
            for start in range(0, len(data), CHUNK_BYTES):
                yield pb.GenerateResponse(chunk=data[start : start + CHUNK_BYTES])


def _call(event: Called) -> pb.ProviderCall:
    return pb.ProviderCall(
        request_id=event.request_id,
        model=event.model,
        outcome=event.outcome,
        usage=pb.Usage(**asdict(event.usage)) if event.usage else None,
        stand_in=event.stand_in,
    )


def _header(event: Bought) -> pb.ImageHeader:
    return pb.ImageHeader(
        model=event.model,
        content_type=event.image.content_type,
        width=event.image.width,
        height=event.image.height,
        size_bytes=len(event.image.data),
        sha256=event.image.sha256,
        revised_prompt=event.prompt,
        quality=event.quality,
    )
