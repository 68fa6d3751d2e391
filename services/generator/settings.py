"""The settings of the generator."""

import re
from dataclasses import dataclass

from services.common.settings import ServerSettings, port_number, positive, setting
from services.generator.sizes import SQUARE

DEFAULT_MODELS = ("gpt-image-2.5-flare", "gpt-image-2.6-flare", "gpt-image-2")
"""The order in which models are tried, of those that are live in November 2026.

The flare tier is the one made for speed; sunburst takes longer for finer detail. 2.5 leads because
the SDK documents that it takes any size (openai 3.54, image_generate_params.py), and does not yet
for 2.6. gpt-image-2 is the oldest that has no end announced.
"""

_HTTP = re.compile(r"https?://[^/]")


def _at_least_the_square(pixels: int) -> str | None:
    least = SQUARE.width * SQUARE.height
    return None if pixels >= least else f"must be at least {least}"


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorSettings(ServerSettings):
    """What the generator can be told."""

    port: int = setting("GENERATOR_PORT", "port of the generator", default=50052, check=port_number)
    api_key: str = setting(
        "OPENAI_API_KEY",
        "key of the image API, from https://platform.openai.com/api-keys or of the server that "
        "OPENAI_BASE_URL names",
        secret=True,
    )
    base_url: str = setting(
        "OPENAI_BASE_URL",
        "address of the image API, or of a server compatible with it",
        default="https://api.openai.com/v1",
        check=lambda url: None if _HTTP.match(url) else "must begin with http:// or https://",
    )
    models: tuple[str, ...] = setting(
        "IMAGE_MODELS",
        "image models, comma separated; the next one is used when one does not exist any more",
        default=DEFAULT_MODELS,
        check=lambda models: None if models else "must name at least one model",
    )
    timeout_seconds: float = setting(
        "GENERATOR_TIMEOUT_SECONDS",
        "how long one purchase may take; high quality can take more than two minutes",
        default=300.0,
        check=positive,
    )
    connect_timeout_seconds: float = setting(
        "GENERATOR_CONNECT_TIMEOUT_SECONDS",
        "how long the image API may take to accept a connection",
        default=5.0,
        check=positive,
    )
    max_image_bytes: int = setting(
        "GENERATOR_MAX_IMAGE_BYTES",
        "largest image that is accepted from the image API",
        default=32 * 1024 * 1024,
        check=positive,
    )
    max_pixels: int = setting(
        "GENERATOR_MAX_PIXELS",
        "most pixels of an image that is accepted from the image API",
        default=16_000_000,
        check=positive,
    )
    pixel_budget: int = setting(
        "GENERATOR_PIXEL_BUDGET",
        "most pixels that are asked for; more cost more and take longer",
        default=1536 * 1024,
        check=_at_least_the_square,
    )
    concurrency: int = setting(
        "GENERATOR_CONCURRENCY", "purchases at the same time", default=64, check=positive
    )
    queue: int = setting(
        "GENERATOR_QUEUE",
        "purchases that may wait for their turn; more are refused as SERVICE_BUSY",
        default=16,
        check=lambda places: None if places >= 0 else "must not be negative",
    )
