"""The Generator port over gRPC."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub

from services.common.assets import Facts, ProviderCall
from services.common.channels import call_options
from services.common.options import JobOptions
from services.common.platforms import PLATFORMS
from services.leaves.calls import facts_of, reach, speaking_to

Price = Callable[[str, int, int], int]
"""Takes a model and its tokens in and out; returns millionths of a US dollar."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageOrder:
    """One image to be bought: what it shows, whose it is, and the platforms to cut from it."""

    prompt: str
    owner: str
    platforms: Sequence[str]
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
class Bought:
    """The image is there; `chunks` must be read before the call is left."""

    facts: Facts
    model: str
    revised_prompt: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class GrpcGenerator:
    """Buys images from the generator service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float
    price: Price

    async def generate(
        self, order: ImageOrder
    ) -> AsyncIterator[Painting | Preview | ProviderCall | Bought]:
        """See ports.Generator."""
        shapes = [PLATFORMS[platform] for platform in order.platforms]
        request = gen.GenerateRequest(
            prompt=order.prompt,
            targets=[gen.TargetShape(width=s.width, height=s.height) for s in shapes],
            quality=order.options.quality,
            style=order.options.style,
            end_user=hashlib.sha256(order.owner.encode()).hexdigest()[:32],
            previews=2,
        )
        await reach(self.channel, "generator", self.connect_seconds)
        call = GeneratorServiceStub(self.channel).Generate(
            request, **call_options(self.timeout_seconds)
        )
        try:
            async with speaking_to("generator", call):
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
                                facts=facts_of(header),
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
            cost_micros=0 if call.stand_in else self.price(call.model, *tokens),
        )


async def _rest(call: Any) -> AsyncIterator[bytes]:
    async with speaking_to("generator", call):
        async for response in call:
            yield response.chunk
