"""Buys images from the generator service."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub

from services.common.assets import Facts, ProviderCall
from services.common.options import JobOptions
from services.common.targets import Target
from services.leaves.images import facts_of
from services.leaves.peer import Peer

_PREVIEWS = 2

Price = Callable[[str, int, int], int]
"""Takes a model and its tokens in and out; returns millionths of a US dollar."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageOrder:
    """One image to be bought: what it shows, whose it is, and what will be cut from it."""

    prompt: str
    owner: str
    targets: Sequence[Target]
    options: JobOptions = field(default_factory=JobOptions)


@dataclass(frozen=True, kw_only=True, slots=True)
class Painting:
    """The model is at work: `percent` of the purchase, and a sentence for people."""

    percent: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A small JPEG of the unfinished image."""

    image: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The image is there; `chunks` must be read before the next event is asked for."""

    facts: Facts
    model: str
    revised_prompt: str
    chunks: AsyncIterator[bytes]


PurchaseEvent = Painting | Preview | ProviderCall | Delivery


class GeneratorClient:
    """The worker's Generator, at the generator service."""

    def __init__(
        self,
        channel: grpc.aio.Channel,
        *,
        timeout_seconds: float,
        connect_seconds: float,
        price: Price,
    ) -> None:
        self._stub = GeneratorServiceStub(channel)
        self._price = price
        self._peer = Peer(
            name="generator",
            channel=channel,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
        )

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        """Buy one image; `Delivery` comes last. Raises AppError."""
        async with self._peer.calling(self._stub.Generate, _request(order)) as call:
            async for response in call:
                match response.WhichOneof("event"):
                    case "progress":
                        told = response.progress
                        yield Painting(percent=told.percent, message=told.message)
                    case "preview":
                        yield Preview(image=response.preview.image)
                    case "call":
                        yield self._ended(response.call)
                    case "header":
                        yield self._delivery(response.header, call)

    def _ended(self, call: gen.ProviderCall) -> ProviderCall:
        tokens = (call.usage.input_tokens, call.usage.output_tokens)
        return ProviderCall(
            request_id=call.request_id,
            model=call.model,
            outcome=call.outcome,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            stand_in=call.stand_in,
            cost_micros=0 if call.stand_in else self._price(call.model, *tokens),
        )

    def _delivery(self, header: gen.ImageHeader, call: Any) -> Delivery:
        return Delivery(
            facts=facts_of(header),
            model=header.model,
            revised_prompt=header.revised_prompt,
            chunks=self._rest(call),
        )

    async def _rest(self, call: Any) -> AsyncIterator[bytes]:
        async with self._peer.hearing(call):
            async for response in call:
                yield response.chunk


def _request(order: ImageOrder) -> gen.GenerateRequest:
    return gen.GenerateRequest(
        prompt=order.prompt,
        targets=[gen.TargetShape(width=one.width, height=one.height) for one in order.targets],
        quality=order.options.quality,
        style=order.options.style,
        end_user=hashlib.sha256(order.owner.encode()).hexdigest()[:32],
        previews=_PREVIEWS,
    )
