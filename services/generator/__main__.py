"""Starts the generator: `python -m services.generator`."""

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from snapasset.generator.v1.generator_pb2_grpc import add_GeneratorServiceServicer_to_server

from services.common.gate import Gate
from services.common.serve import main, serve
from services.common.telemetry import Telemetry
from services.generator.call import CallTerms
from services.generator.catalogue import offers
from services.generator.incoming import IncomingPictures
from services.generator.kept import KeptAnswers
from services.generator.providers.opening import open_providers
from services.generator.purchase import Buyer, Terms
from services.generator.service import GeneratorService
from services.generator.settings import GeneratorSettings
from services.generator.verify import ImageLimits


@asynccontextmanager
async def open_service(settings: GeneratorSettings) -> AsyncIterator[GeneratorService]:
    """Build the service; its connections and threads end with the block."""
    limits = ImageLimits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_pixels)
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="pictures") as threads:
        terms = Terms(
            timeout_seconds=settings.timeout_seconds,
            call=CallTerms(
                limits=limits,
                accept_stand_in=settings.environment != "production",
                threads=threads,
            ),
        )
        async with open_providers(settings, threads) as providers:
            kept = KeptAnswers(
                providers=providers,
                limits=limits,
                most_bytes=settings.most_answer_bytes,
                timeout_seconds=settings.timeout_seconds,
                threads=threads,
            )
            yield GeneratorService(
                Buyer(providers, terms),
                kept,
                IncomingPictures(
                    limits=limits, most_bytes=settings.max_reference_bytes, threads=threads
                ),
                gate=_gate(settings.concurrency, settings.queue),
                edits=_gate(settings.edits, settings.queue),
                offered=[*offers(providers)],
            )


def _gate(places: int, queue: int) -> Gate:
    full = "The generator is at its limit. Please try again soon."
    return Gate(places=places, queue=queue, full=full)


async def run(settings: GeneratorSettings, telemetry: Telemetry) -> None:
    """Serve until told to stop."""
    async with open_service(settings) as service:
        added = [(add_GeneratorServiceServicer_to_server, service)]
        await serve(settings, settings.port, added, telemetry=telemetry)


if __name__ == "__main__":
    main("generator", GeneratorSettings, run)
