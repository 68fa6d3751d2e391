"""One call to a scripted server that speaks OpenAI's image API."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager

from services.common.charge import Charge
from services.common.settings import load
from services.generator.providers.openai.opening import open_provider
from services.generator.providers.openai.provider import OpenAIProvider
from services.generator.providers.port import (
    Answered,
    AskAgain,
    CallFailed,
    Commission,
    Painted,
    PaintEvent,
)
from services.generator.settings import GeneratorSettings
from services.generator.sizes import Shape
from tests.servers.openai_api import OpenAIApi, Reply, openai_api

COMMISSION = Commission(
    model="gpt-image-2",
    prompt="A lighthouse",
    size=Shape(width=1088, height=1088),
    quality="medium",
    previews=2,
)
PLAIN = Commission(
    model="sdxl",
    prompt="A lighthouse",
    size=Shape(width=1024, height=1024),
    quality="high",
    end_user="ada",
    without=frozenset({"stream", "partial_images"}),
)
ANSWERED = Answered(request_id="req_1", stand_in=False)
THREADS = ThreadPoolExecutor(1)
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN


def settings_for(api: OpenAIApi, **more: str) -> GeneratorSettings:
    known = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": api.base_url,
        "IMAGE_API_PROFILE": "openai",
    }
    return load(GeneratorSettings, {**known, **more})


def opened(settings: GeneratorSettings) -> AbstractAsyncContextManager[OpenAIProvider]:
    return open_provider(settings, THREADS)


async def paint(
    *replies: Reply,
    commission: Commission = COMMISSION,
    models: Reply | None = None,
    **settings: str,
) -> tuple[list[PaintEvent], CallFailed | AskAgain | None, OpenAIApi]:
    """Return what one call yields and raises, and the server that it asked."""
    events: list[PaintEvent] = []
    error = None
    async with (
        openai_api(*replies, models=models) as api,
        opened(settings_for(api, **settings)) as provider,
    ):
        try:
            async for event in provider.paint(commission):
                events.append(event)  # not as a list at once: what came before an error counts
        except (CallFailed, AskAgain) as raised:
            error = raised
    return events, error, api


def painted_in(events: list[PaintEvent]) -> list[tuple[bytes, str]]:
    return [(one.image, one.revised_prompt) for one in events if isinstance(one, Painted)]
