"""Opens the provider that speaks to fal's queue, with its connections."""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager

import httpx2

from services.common.web.public_only import PublicOnly, fresh_connections
from services.generator.prices import read_prices
from services.generator.providers.fal.models import DEFAULT_PRICES
from services.generator.providers.fal.provider import FalProvider
from services.generator.providers.fal.queue import Queue
from services.generator.settings import GeneratorSettings
from services.generator.web.client import bounded_client
from services.generator.web.downloads import Downloads


@asynccontextmanager
async def open_provider(
    settings: GeneratorSettings, threads: Executor
) -> AsyncIterator[FalProvider]:
    """Build the provider that `settings` describe; its connections close with the block."""
    timeout = httpx2.Timeout(60.0, connect=settings.connect_timeout_seconds)
    tls = httpx2.create_ssl_context()  # for both: it is slow to read all authorities
    async with (
        bounded_client(settings.most_answer_bytes, timeout, tls=tls) as http,
        bounded_client(
            settings.max_image_bytes, timeout, PublicOnly(fresh_connections(tls))
        ) as foreign,
    ):
        key = {"Authorization": f"Key {settings.fal_key}"}
        http.headers.update(key)
        yield FalProvider(
            queue=Queue(http=http, base_url=settings.fal_base_url),
            downloads=Downloads(http, foreign, settings.fal_base_url, key),
            models=settings.fal_models,
            prices=read_prices((*DEFAULT_PRICES, *settings.image_prices)),
            pixel_budget=settings.pixel_budget,
        )
