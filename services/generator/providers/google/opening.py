"""Opens the provider that speaks Google's Gemini API, with its connections."""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager

import httpx2
from google import genai
from google.genai.types import HttpOptions, HttpRetryOptions

from services.generator.prices import read_prices
from services.generator.providers.google.models import DEFAULT_PRICES
from services.generator.providers.google.provider import GoogleProvider
from services.generator.settings import GeneratorSettings
from services.generator.web.client import bounded_client
from services.generator.web.discreet import Discreet


@asynccontextmanager
async def open_provider(
    settings: GeneratorSettings, threads: Executor
) -> AsyncIterator[GoogleProvider]:
    """Build the provider that `settings` describe; its connections close with the block."""
    timeout = httpx2.Timeout(settings.timeout_seconds, connect=settings.connect_timeout_seconds)
    async with bounded_client(settings.most_answer_bytes, timeout) as http:
        options = HttpOptions(
            base_url=settings.google_base_url,
            httpx_async_client=http,
            retry_options=HttpRetryOptions(attempts=1),
            timeout=round(settings.timeout_seconds * 1000),
        )
        yield GoogleProvider(
            client=genai.Client(api_key=settings.google_api_key, http_options=options),
            models=settings.google_models,
            prices=read_prices((*DEFAULT_PRICES, *settings.image_prices)),
            pixel_budget=settings.pixel_budget,
            discreet=Discreet(settings.google_api_key),
        )
