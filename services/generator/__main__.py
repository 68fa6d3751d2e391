"""Starts the generator: `python -m services.generator`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from snapasset.generator.v1.generator_pb2_grpc import add_GeneratorServiceServicer_to_server

from services.common.gate import Gate
from services.common.serve import main, serve
from services.common.telemetry import Telemetry
from services.generator.call import CallTerms
from services.generator.providers.openai.provider import open_provider
from services.generator.purchase import Buyer, Terms
from services.generator.service import GeneratorService
from services.generator.settings import GeneratorSettings
from services.generator.verify import ImageLimits


@asynccontextmanager
async def open_service(settings: GeneratorSettings) -> AsyncIterator[GeneratorService]:
    """Build the service; its connections close with the block."""
    terms = Terms(
        models=settings.models,
        timeout_seconds=settings.timeout_seconds,
        call=CallTerms(
            limits=ImageLimits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_pixels),
            accept_stand_in=settings.environment != "production",
        ),
    )
    async with open_provider(settings) as provider:
        gate = Gate(
            places=settings.concurrency,
            queue=settings.queue,
            full="The generator is at its limit. Please try again soon.",
        )
        yield GeneratorService(Buyer(provider, terms), gate)


async def run(settings: GeneratorSettings, telemetry: Telemetry) -> None:
    """Serve until told to stop."""
    async with open_service(settings) as service:
        added = [(add_GeneratorServiceServicer_to_server, service)]
        await serve(settings, settings.port, added, telemetry=telemetry)


if __name__ == "__main__":
    main("generator", GeneratorSettings, run)
