"""Settings of fal.ai."""

import re
from dataclasses import dataclass

from services.common.setting_checks import header_value, web_address
from services.common.settings import setting


@dataclass(frozen=True, kw_only=True)
class FalSettings:
    """Where fal's queue is, its key and its models."""

    fal_key: str = setting(
        "FAL_KEY",
        "key of fal.ai, where IMAGE_PROVIDERS names `fal`",
        default="",
        secret=True,
        check=header_value,
    )
    fal_base_url: str = setting(
        "FAL_BASE_URL",
        "address of fal's queue",
        default="https://queue.fal.run",
        check=web_address,
    )
    fal_models: tuple[str, ...] = setting(
        "FAL_IMAGE_MODELS",
        "models of fal that paint from a prompt, comma separated, in order of preference",
        default=("fal-ai/flux/dev",),
        check=lambda models: None if models and all(map(_is_model, models)) else _MUST,
    )


_MODEL = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*){1,4}", re.ASCII)
_MUST = "must name at least one model, such as fal-ai/flux/dev"


def _is_model(text: str) -> bool:
    return bool(_MODEL.fullmatch(text))
