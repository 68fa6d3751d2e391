"""Settings of servers other than OpenAI's own that speak its image API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.common.setting_checks import one_of
from services.common.settings import setting
from services.generator.providers.compatible.profiles import PROFILES, guessed
from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.openai.settings import OpenAISettings
from services.generator.providers.openai.sizes import FREE
from services.generator.sizes import ListedSizes, RatioSizes, Shape, Sizes, ratio_of

_RATIO_PIXELS = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class CompatibleSettings(OpenAISettings):
    """How to speak to the server that OPENAI_BASE_URL names."""

    profile: str = setting(
        "IMAGE_API_PROFILE",
        f"which server OPENAI_BASE_URL names: {', '.join(f'`{name}`' for name in PROFILES)}; "
        "guessed from the address unless set",
        default="",
        check=one_of("", *PROFILES),
    )
    sizes: tuple[str, ...] = setting(
        "IMAGE_API_SIZES",
        "sizes that its models paint, where a model's name does not show them: `free`, or a "
        "list of sizes such as `1024x1024,1536x1024`, or of ratios such as `1:1,16:9`",
        default=(),
        check=lambda words: _complaint(words),
    )

    @property
    def dialect(self) -> Dialect:
        """Return what is known about the server; the operator's settings take precedence."""
        row = PROFILES[self.profile or guessed(self.base_url)]
        return replace(row, sizes=read_sizes(self.sizes)) if self.sizes else row

    def complaints(self) -> tuple[str, ...]:
        """Return what is wrong with these settings."""
        if "openrouter.ai" in self.base_url:
            return (
                "OPENAI_BASE_URL names OpenRouter, whose image API is not OpenAI's: put a LiteLLM "
                "proxy before it, or name another server",
            )
        return ()


def read_sizes(words: Sequence[str]) -> Sizes:
    """Return the sizes that the setting names. Raises ValueError."""
    if list(words) == ["free"]:
        return FREE
    if all(":" in word for word in words):
        for word in words:
            ratio_of(word)
        return RatioSizes(ratios=tuple(words), pixels=_RATIO_PIXELS)
    return ListedSizes(tuple(map(_shape, words)))


def _shape(word: str) -> Shape:
    width, _, height = word.partition("x")
    shape = Shape(width=int(width), height=int(height))
    if min(shape.width, shape.height) < 1:
        raise ValueError(word)
    return shape


def _complaint(words: Sequence[str]) -> str | None:
    try:
        read_sizes(words)
    except ValueError:
        return "must be free, sizes such as 1024x1024,1536x1024 or ratios such as 1:1,16:9"
    return None
