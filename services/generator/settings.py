"""The settings of the generator."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.common.process_settings import ServerSettings
from services.common.setting_checks import port_number, positive
from services.common.settings import setting
from services.generator.prices import check_prices
from services.generator.providers.compatible.settings import CompatibleSettings
from services.generator.providers.fal.settings import FalSettings
from services.generator.providers.google.settings import GoogleSettings
from services.generator.providers.openai.prices import DEFAULT_PRICES
from services.generator.sizes import SQUARE

_KEYS = {"openai": "OPENAI_API_KEY", "google": "GOOGLE_API_KEY", "fal": "FAL_KEY"}
_KEY_FIELDS = {"openai": "api_key", "google": "google_api_key", "fal": "fal_key"}


def _known_providers(names: Sequence[str]) -> str | None:
    fine = names and len({*names}) == len(names) and {*names} <= {*_KEYS}
    return None if fine else f"must name some of {', '.join(_KEYS)}, each once"


def _at_least_the_square(pixels: int) -> str | None:
    least = SQUARE.width * SQUARE.height
    return None if pixels >= least else f"must be at least {least}"


@dataclass(frozen=True, kw_only=True)
class GeneratorSettings(CompatibleSettings, GoogleSettings, FalSettings, ServerSettings):
    """The generator's settings."""

    port: int = setting("GENERATOR_PORT", "port of the generator", default=50052, check=port_number)
    image_providers: tuple[str, ...] = setting(
        "IMAGE_PROVIDERS",
        f"providers of images in order of preference, comma separated: {', '.join(_KEYS)}. The "
        "next one is asked only when the previous one has certainly charged nothing",
        default=("openai",),
        check=_known_providers,
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
        "largest image accepted from the image API",
        default=32 * 1024 * 1024,
        check=positive,
    )
    max_pixels: int = setting(
        "GENERATOR_MAX_PIXELS",
        "most pixels of an image accepted from the image API",
        default=16_000_000,
        check=positive,
    )
    pixel_budget: int = setting(
        "GENERATOR_PIXEL_BUDGET",
        "most pixels that are requested; more cost more and take longer",
        default=1536 * 1024,
        check=_at_least_the_square,
    )
    max_reference_bytes: int = setting(
        "GENERATOR_MAX_REFERENCE_BYTES",
        "most bytes of the pictures of one edit together; they are held in memory meanwhile",
        default=64 * 1024 * 1024,
        check=positive,
    )
    edits: int = setting("GENERATOR_EDITS", "edits at once", default=4, check=positive)
    concurrency: int = setting(
        "GENERATOR_CONCURRENCY", "purchases at once", default=64, check=positive
    )
    queue: int = setting(
        "GENERATOR_QUEUE",
        "purchases that may wait their turn; more are refused as SERVICE_BUSY",
        default=16,
        check=lambda places: None if places >= 0 else "must not be negative",
    )
    image_prices: tuple[str, ...] = setting(
        "IMAGE_PRICES",
        "US dollars by the beginning of a model's name, comma separated: `gpt-image-2=5/8/30` per "
        "million tokens of text in, image in and out, `gpt-image-2=5/40` of in and out, "
        "`flux=0.04` per image",
        default=DEFAULT_PRICES,
        check=check_prices,
    )

    def complaints(self) -> tuple[str, ...]:
        """Return what is wrong with these settings, one sentence per mistake."""
        missing = [
            _KEYS[name] for name in self.image_providers if not getattr(self, _KEY_FIELDS[name])
        ]
        words = "is missing: key of the image API, which IMAGE_PROVIDERS names"
        return (*super().complaints(), *(f"{env} {words}" for env in missing))

    @property
    def most_answer_bytes(self) -> int:
        """The most that is read of an answer other than a stream: base64 takes 4/3 of the image."""
        return 2 * self.max_image_bytes + 1024 * 1024
