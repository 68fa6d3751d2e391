"""Serves the contract; other modules make the decisions."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1 import generator_pb2_grpc

from services.common.errors import InvalidRequest
from services.common.gate import Gate
from services.generator.catalogue import Offer
from services.generator.events import Bought, events_of
from services.generator.incoming import IncomingPictures
from services.generator.kept import KeptAnswers
from services.generator.messages import (
    image_header,
    in_chunks,
    model_of,
    order_of,
    order_of_estimate,
    responses_of,
)
from services.generator.mistakes import mistake
from services.generator.orders import Order, check
from services.generator.purchase import Buyer


class GeneratorService(generator_pb2_grpc.GeneratorServiceServicer):
    """The GeneratorService of the contract."""

    def __init__(
        self,
        buyer: Buyer,
        kept: KeptAnswers,
        incoming: IncomingPictures,
        *,
        gate: Gate,
        edits: Gate,
        offered: Sequence[Offer] = (),
    ) -> None:
        self._offered = offered
        self._buyer = buyer
        self._kept = kept
        self._incoming = incoming
        self._gate = gate
        self._edits = edits

    async def Generate(
        self, request: pb.GenerateRequest, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[pb.GenerateResponse]:
        """Buy one image and stream all that happens."""
        order = order_of(request)
        check(order)
        async with self._gate.place(), aclosing(self._bought(order, ctx)) as responses:
            async for response in responses:
                yield response

    async def Edit(
        self,
        request_iterator: AsyncIterator[pb.EditRequest],
        ctx: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[pb.EditResponse]:
        """Buy one image that is painted from pictures and stream all that happens."""
        first = await anext(request_iterator, None)
        if first is None or not first.HasField("header"):
            raise _no_header()
        async with self._edits.place():
            order = await self._incoming.order(first.header, _chunks(request_iterator))
            async with aclosing(self._bought(order, ctx)) as responses:
                async for response in responses:
                    yield pb.EditResponse(step=response)

    async def _bought(
        self, order: Order, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncGenerator[pb.GenerateResponse, None]:
        buying = partial(self._buyer.buy, order, ctx.time_remaining())
        async with aclosing(events_of(buying)) as events:
            async for event in events:
                for response in responses_of(event):
                    yield response

    async def EstimatePurchase(
        self, request: pb.EstimatePurchaseRequest, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.EstimatePurchaseResponse:
        """Return the most that Generate would cost."""
        order = order_of_estimate(request)
        check(order)
        estimate = self._buyer.estimate(order)
        return pb.EstimatePurchaseResponse(
            provider=estimate.provider, model=estimate.model, estimate_micros=estimate.micros
        )

    async def ListModels(
        self, request: pb.ListModelsRequest, ctx: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.ListModelsResponse:
        """List what is for sale."""
        return pb.ListModelsResponse(models=map(model_of, self._offered))

    async def ReadAnswer(
        self,
        request_iterator: AsyncIterator[pb.ReadAnswerRequest],
        ctx: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[pb.ReadAnswerResponse]:
        """Read a kept answer again and stream the image."""
        first = await anext(request_iterator, None)
        if first is None or not first.HasField("header"):
            raise _no_header()
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
        yield pb.ReadAnswerResponse(header=image_header(event))
        for chunk in in_chunks(image.data):
            yield pb.ReadAnswerResponse(chunk=chunk)


def _no_header() -> InvalidRequest:
    return mistake("part", "of the first message must be the header")


async def _chunks(
    requests: AsyncIterator[pb.ReadAnswerRequest] | AsyncIterator[pb.EditRequest],
) -> AsyncGenerator[bytes, None]:
    async for request in requests:
        if not request.HasField("chunk"):
            raise mistake("part", "of every message after the header must be a chunk")
        yield request.chunk
