"""Settings of OpenAI's image API, or of a server that speaks it."""

import re
from dataclasses import dataclass

from services.common.setting_checks import header_value
from services.common.settings import setting

DEFAULT_MODELS = ("gpt-image-2.5-flare", "gpt-image-2.6-flare", "gpt-image-2")
"""The models that are live in November 2026, in the order in which they are tried.

The flare tier is the one made for speed; sunburst takes longer for finer detail. 2.5 leads because
the SDK documents that it takes any size (openai 3.54, image_generate_params.py), but not yet that
2.6 does. gpt-image-2 is the oldest without an announced end.
"""

_HTTP = re.compile(r"https?://[^/]")


@dataclass(frozen=True, kw_only=True)
class OpenAISettings:
    """Where OpenAI's image API is, its key and its models."""

    api_key: str = setting(
        "OPENAI_API_KEY",
        "key of the image API, from https://platform.openai.com/api-keys or of the server that "
        "OPENAI_BASE_URL names; needed where IMAGE_PROVIDERS names `openai`",
        default="",
        secret=True,
        check=header_value,
    )
    base_url: str = setting(
        "OPENAI_BASE_URL",
        "address of the image API, or of a server compatible with it",
        default="https://api.openai.com/v1",
        check=lambda url: None if _HTTP.match(url) else "must begin with http:// or https://",
    )
    models: tuple[str, ...] = setting(
        "IMAGE_MODELS",
        "image models, comma separated; the next one is used when one no longer exists",
        default=DEFAULT_MODELS,
        check=lambda models: None if models else "must name at least one model",
    )
