"""Opens the providers that the operator has named, each from the folder of that name."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module

from services.generator.providers.port import ImageProvider
from services.generator.settings import GeneratorSettings


@asynccontextmanager
async def open_providers(
    settings: GeneratorSettings, threads: Executor
) -> AsyncIterator[Sequence[ImageProvider]]:
    """Open them in order of preference; their connections close with the block.

    Only those named are imported: an SDK costs memory, and seconds at startup.
    """
    async with AsyncExitStack() as stack:
        providers: list[ImageProvider] = []
        for name in settings.image_providers:
            opening = import_module(f"services.generator.providers.{name}.opening")
            provider = opening.open_provider(settings, threads)
            providers.append(await stack.enter_async_context(provider))
        yield providers
