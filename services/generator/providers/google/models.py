"""What Gemini's image models can do and what they cost, as far as their names show."""

from dataclasses import dataclass

from services.generator.providers.port import Abilities, Commission, Usage
from services.generator.sizes import RatioSizes

_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
"""google-genai 3.6, types.ImageConfig.aspect_ratio, plus the two that its documentation adds."""

_PIXELS = 1024 * 1024

PROMPT_CHARACTERS = 32_000
"""Below the 32,768 tokens that the smallest of the models accepts."""

DEFAULT_PRICES = (
    "gemini-2.5-flash-image=0.3/30",
    "gemini-3.1-flash-image=0.5/60",
    "gemini-3-pro-image=2/120",
)
"""US dollars for a million tokens in and out, from Google's price page in 2026. The operator's
IMAGE_PRICES take precedence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GeminiFamily:
    """Models whose names share a prefix.

    `resolutions` are the image sizes that may be requested, each with the tokens of an image, from
    the model pages of Google's documentation. A model with a single one is not asked for a size.
    `references` is how many images an edit may begin with, from the same pages.
    """

    name: str
    resolutions: dict[str, int]
    references: int = 14


_FAMILIES = (
    GeminiFamily(name="gemini-3-pro-image", resolutions={"1K": 1120, "2K": 1120, "4K": 2000}),
    GeminiFamily(name="gemini-3", resolutions={"1K": 1120, "2K": 1680, "4K": 2520}),
    GeminiFamily(name="", resolutions={"1K": 1290}, references=3),
)
"""The first match counts."""

_RESOLUTIONS = {"hd": "2K", "high": "2K", "xhigh": "2K", "max": "4K"}
"""The image size for a quality of an order; 1K for all others."""

_REFERENCE_TOKENS = 1290
"""For each image that an edit begins with, at the most: 1,120 for Gemini 3 and about as many as for
an image that it paints for the older ones, from the same pages."""

_BYTES_PER_TOKEN = 3
"""Counted for a prompt, at least."""


def family_of(model: str) -> GeminiFamily:
    """Return the family of a model."""
    return next(one for one in _FAMILIES if model.startswith(one.name))


def resolution_of(quality: str, family: GeminiFamily) -> str:
    """Return the image size for a quality of an order, capped at the model's finest."""
    wanted = _RESOLUTIONS.get(quality, "1K")
    return wanted if wanted in family.resolutions else [*family.resolutions][-1]


def abilities_of(model: str) -> Abilities:
    """Return what `model` can do."""
    return Abilities(
        sizes=RatioSizes(ratios=_RATIOS, pixels=_PIXELS),
        qualities=tuple(family_of(model).resolutions),
        prompt_characters=PROMPT_CHARACTERS,
        references=family_of(model).references,
    )


def most_tokens(commission: Commission) -> Usage:
    """Return roughly the most tokens that an image can use."""
    out = family_of(commission.model).resolutions[commission.quality]
    images = _REFERENCE_TOKENS * len(commission.references)
    into = len(commission.prompt.encode(errors="replace")) // _BYTES_PER_TOKEN + 1 + images
    return Usage(
        input_tokens=into,
        output_tokens=out,
        total_tokens=into + out,
        input_image_tokens=images,
    )
