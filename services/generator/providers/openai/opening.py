"""Opens the provider that speaks OpenAI's image API, with its connections."""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager

import httpx2

from services.common.web.public_only import PublicOnly, fresh_connections
from services.generator.prices import read_prices
from services.generator.providers.openai.calls import Calls
from services.generator.providers.openai.proof import Proof
from services.generator.providers.openai.provider import Habits, OpenAIProvider
from services.generator.providers.openai.reading import AnswerReader
from services.generator.providers.openai.refusals import Refusals
from services.generator.settings import GeneratorSettings
from services.generator.web.client import bounded_client
from services.generator.web.downloads import Downloads


@asynccontextmanager
async def open_provider(
    settings: GeneratorSettings, threads: Executor
) -> AsyncIterator[OpenAIProvider]:
    """Build the provider that `settings` describe; its connections close with the block."""
    timeout = httpx2.Timeout(settings.timeout_seconds, connect=settings.connect_timeout_seconds)
    # A streamed answer carries up to three partial images beside the finished one.
    most = settings.max_image_bytes
    most_streamed = max(6 * most, settings.most_answer_bytes)
    tls = httpx2.create_ssl_context()  # for both: it is slow to read all authorities
    async with (
        bounded_client(most_streamed, timeout, tls=tls) as http,
        bounded_client(most, timeout, PublicOnly(fresh_connections(tls))) as foreign,
    ):
        calls = Calls(http, settings.base_url, settings.api_key, settings.dialect)
        refusals = Refusals(settings.api_key)
        key = {"Authorization": f"Bearer {settings.api_key}"}
        downloads = Downloads(http, foreign, settings.base_url, key)
        yield OpenAIProvider(
            calls,
            settings.dialect,
            Habits(
                models=settings.models,
                pixel_budget=settings.pixel_budget,
                prices=read_prices(settings.image_prices),
            ),
            reader=AnswerReader(
                downloads, refusals, most_bytes=settings.most_answer_bytes, threads=threads
            ),
            refusals=refusals,
            proof=Proof(http, settings.base_url, settings.dialect.streams),
        )
