"""What fal's image models can do and what they cost, as far as we know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.generator.providers.port import Abilities
from services.generator.sizes import FreeSizes, RatioSizes, Shape, Sizes

DEFAULT_PRICES = (
    "fal-ai/flux/schnell=0.006",
    "fal-ai/flux/dev=0.05",
    "fal-ai/flux=0.1",
    "fal-ai/nano-banana=0.039",
    "fal-ai/nano-banana-pro=0.15",
    "fal-ai/nano-banana-2=0.08",
)
"""US dollars for an image, from fal's model pages in 2026; for FLUX, one of two megapixels: fal
rounds up to whole ones. The operator's IMAGE_PRICES take precedence."""

_FLUX_SIZES = FreeSizes(
    step=32, max_ratio=3.0, max_edge=1536, min_pixels=512 * 512, max_pixels=1536 * 1024
)
"""The sizes that FLUX models accept: edges in multiples of 32."""

_GEMINI_SIZES = RatioSizes(
    ratios=("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"),
    pixels=1024 * 1024,
)
"""What fal's pages say of the Gemini models that it calls nano-banana."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FalFamily:
    """Models whose names share a prefix. `references` is the most images of an edit.

    Edits are put into the queue of the model's path with `/edit` behind it.
    """

    name: str
    sizes: Sizes
    references: int = 0

    def size(self, size: Shape) -> Mapping[str, Any]:
        """Return the parameters that ask for a size."""
        if isinstance(self.sizes, RatioSizes):
            return {"aspect_ratio": self.sizes.name(size)}
        return {"image_size": {"width": size.width, "height": size.height}}


_FAMILIES = (
    FalFamily(name="fal-ai/nano-banana-pro", sizes=_GEMINI_SIZES, references=14),
    FalFamily(name="fal-ai/nano-banana-2", sizes=_GEMINI_SIZES, references=14),
    FalFamily(name="fal-ai/nano-banana", sizes=_GEMINI_SIZES, references=3),
    FalFamily(name="", sizes=_FLUX_SIZES),
)
"""The first match counts."""


def family_of(model: str) -> FalFamily:
    """Return the family of a model."""
    return next(one for one in _FAMILIES if model.startswith(one.name))


def abilities_of(model: str) -> Abilities:
    """Return what `model` can do, as far as its name shows."""
    family = family_of(model)
    return Abilities(
        sizes=family.sizes,
        qualities=("auto",),
        prompt_characters=4000,
        references=family.references,
    )
