"""The Generator port over gRPC."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub

from services.common.channels import call_options
from services.common.platforms import PLATFORMS
from services.gateway.jobs.values import JobSpec
from services.gateway.peers.calls import facts_of, reach, speaking_to
from services.gateway.pipeline.ports import Bought, Painting, Preview, ProviderCall
from services.gateway.spend.prices import PriceTable


@dataclass(frozen=True, slots=True)
class GrpcGenerator:
    """Buys images from the generator service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float
    prices: PriceTable

    async def generate(
        self, spec: JobSpec, platforms: Sequence[str]
    ) -> AsyncIterator[Painting | Preview | ProviderCall | Bought]:
        """See ports.Generator."""
        shapes = [PLATFORMS[platform] for platform in platforms]
        request = gen.GenerateRequest(
            prompt=spec.prompt,
            targets=[gen.TargetShape(width=s.width, height=s.height) for s in shapes],
            quality=spec.options.get("quality", ""),
            style=spec.options.get("style", ""),
            end_user=hashlib.sha256(spec.user_id.encode()).hexdigest()[:32],
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
            cost_micros=0 if call.stand_in else self.prices.cost_micros(call.model, *tokens),
        )


async def _rest(call: Any) -> AsyncIterator[bytes]:
    async with speaking_to("generator", call):
        async for response in call:
            yield response.chunk
