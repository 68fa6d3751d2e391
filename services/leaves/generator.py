"""Buys images from the generator service."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub

from services.common.assets import ProviderCall
from services.common.errors import InternalError
from services.leaves.charges import charge_of
from services.leaves.edits import edit_parts, steps
from services.leaves.images import facts_of
from services.leaves.peer import Peer
from services.leaves.purchases import (
    Delivery,
    ImageOrder,
    Model,
    Painting,
    Preview,
    PurchaseEvent,
    RawDelivery,
    UnreadAnswer,
)
from services.leaves.uploads import uploading

_PREVIEWS = 2


class GeneratorClient:
    """The generator service. Every method raises AppError."""

    def __init__(
        self, channel: grpc.aio.Channel, *, timeout_seconds: float, connect_seconds: float
    ) -> None:
        self._stub = GeneratorServiceStub(channel)
        self._peer = Peer(
            name="generator",
            channel=channel,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
        )

    async def estimate(self, order: ImageOrder) -> int:
        """Return the most that `order` can cost, in millionths of a US dollar."""
        request = gen.EstimatePurchaseRequest(
            references=len(order.references),
            mask=order.mask is not None,
            extends=order.extends,
            **_wanted(order),
        )
        # During a deploy, a generator of an earlier version does not know this rpc.
        with suppress(InternalError):
            answer = await self._peer.ask(self._stub.EstimatePurchase, request)
            return int(answer.estimate_micros)
        return 0

    async def models(self) -> Sequence[Model]:
        """Return the models that an order may name, in order of preference."""
        answer = await self._peer.ask(self._stub.ListModels, gen.ListModelsRequest())
        return [
            Model(
                model=one.model,
                provider=one.provider,
                price_micros=one.price_micros,
                sizes=one.sizes,
                size_choices=tuple(one.size_choices),
                qualities=tuple(one.qualities),
                prompt_characters=one.prompt_characters,
                previews=one.previews > 0,
                references=one.references,
                masks=one.masks,
                transparency=one.transparency,
            )
            for one in answer.models
        ]

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        """Buy one image; `Delivery` comes last, or `RawDelivery` and ProviderBadAnswer."""
        end_user = hashlib.sha256(order.owner.encode()).hexdigest()[:32]
        request = gen.GenerateRequest(end_user=end_user, purchase_key=order.key, **_wanted(order))
        events = self._edit(order, request) if order.references else self._generate(request)
        async with aclosing(events):
            async for event in events:
                yield event

    async def _generate(self, request: gen.GenerateRequest) -> AsyncGenerator[PurchaseEvent, None]:
        async with self._peer.calling(self._stub.Generate, request) as call:
            async for event in self._events(call, aiter(call)):
                yield event

    async def _edit(
        self, order: ImageOrder, request: gen.GenerateRequest
    ) -> AsyncGenerator[PurchaseEvent, None]:
        async with (
            self._peer.calling(self._stub.Edit) as call,
            uploading(call, edit_parts(order, request)),
        ):
            async for event in self._events(call, steps(call)):
                yield event

    async def _events(
        self, call: Any, responses: AsyncIterator[gen.GenerateResponse]
    ) -> AsyncIterator[PurchaseEvent]:
        async for response in responses:
            match response.WhichOneof("event"):
                case "progress":
                    told = response.progress
                    yield Painting(percent=told.percent, message=told.message)
                case "preview":
                    yield Preview(image=response.preview.image)
                case "call":
                    yield _ended(response.call)
                case "header":
                    yield self._delivery(response.header, call, responses)
                case "raw_answer":
                    header = response.raw_answer
                    chunks = self._peer.exactly(call, responses, header.size_bytes)
                    yield RawDelivery(answer=_answer(header), chunks=chunks)

    async def read_answer(
        self, answer: UnreadAnswer, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Delivery]:
        """Find the image in an answer that was paid for. Raises ProviderBadAnswer."""
        async with (
            self._peer.calling(self._stub.ReadAnswer) as call,
            uploading(call, _parts(answer, chunks)),
        ):
            responses = aiter(call)
            async for response in responses:
                yield self._delivery(response.header, call, responses)

    def _delivery(
        self, header: gen.ImageHeader, call: Any, responses: AsyncIterator[Any]
    ) -> Delivery:
        return Delivery(
            facts=facts_of(header),
            model=header.model,
            revised_prompt=header.revised_prompt,
            provider=header.provider,
            chunks=self._peer.exactly(call, responses, header.size_bytes),
        )


def _wanted(order: ImageOrder) -> dict[str, Any]:
    """Return the fields that decide what is painted and what it costs."""
    return {
        "prompt": order.prompt,
        "targets": [gen.TargetShape(width=one.width, height=one.height) for one in order.targets],
        "quality": order.options.quality,
        "style": order.options.style,
        "model": order.options.model,
        "previews": _PREVIEWS,
        "transparent": order.transparent,
    }


def _ended(call: gen.ProviderCall) -> ProviderCall:
    return ProviderCall(
        request_id=call.request_id,
        provider=call.provider,
        model=call.model,
        outcome=call.outcome,
        charge=charge_of(call),
        input_tokens=call.usage.input_tokens,
        output_tokens=call.usage.output_tokens,
        stand_in=call.stand_in,
        cost_micros=call.cost_micros,
    )


def _answer(header: gen.RawAnswer) -> UnreadAnswer:
    return UnreadAnswer(
        content_type=header.content_type,
        size_bytes=header.size_bytes,
        sha256=header.sha256,
        provider=header.provider,
        model=header.model,
        prompt=header.prompt,
        quality=header.quality,
    )


async def _parts(
    answer: UnreadAnswer, chunks: AsyncIterator[bytes]
) -> AsyncIterator[gen.ReadAnswerRequest]:
    yield gen.ReadAnswerRequest(header=gen.RawAnswer(**asdict(answer)))
    async for chunk in chunks:
        yield gen.ReadAnswerRequest(chunk=chunk)
