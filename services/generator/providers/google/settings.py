"""Settings of Google's Gemini API."""

from dataclasses import dataclass

from services.common.setting_checks import header_value, web_address
from services.common.settings import setting


@dataclass(frozen=True, kw_only=True)
class GoogleSettings:
    """Where the Gemini API is, its key and its models."""

    google_api_key: str = setting(
        "GOOGLE_API_KEY",
        "key of the Gemini API, where IMAGE_PROVIDERS names `google`",
        default="",
        secret=True,
        check=header_value,
    )
    google_base_url: str = setting(
        "GOOGLE_BASE_URL",
        "address of the Gemini API",
        default="https://generativelanguage.googleapis.com",
        check=web_address,
    )
    google_models: tuple[str, ...] = setting(
        "GOOGLE_IMAGE_MODELS",
        "Gemini image models, comma separated, in order of preference",
        default=("gemini-3.1-flash-image",),
        check=lambda models: None if models else "must name at least one model",
    )
