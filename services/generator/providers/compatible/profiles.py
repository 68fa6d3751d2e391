"""What is known of the servers that speak OpenAI's image API: one row for each."""

from urllib.parse import urlsplit

from services.generator.providers.openai.dialect import OPENAI, Dialect
from services.generator.settings import GeneratorSettings

AUTO = Dialect(name="compatible", source="nothing is known: the server must show what it can")

PROFILES = {"openai": OPENAI, "auto": AUTO}
"""By the value of IMAGE_API_PROFILE."""

_ADDRESSES = (("api.openai.com", "openai"),)
"""The server that is meant by the end of the host in OPENAI_BASE_URL."""


def profile_of(settings: GeneratorSettings) -> Dialect:
    """Return the row that the settings name, or else that of the address."""
    host = urlsplit(settings.base_url).hostname or ""
    fitting = (name for end, name in _ADDRESSES if f".{host}".endswith(f".{end}"))
    return PROFILES[settings.profile or next(fitting, "auto")]
