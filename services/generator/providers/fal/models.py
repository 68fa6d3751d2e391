"""What fal's image models can do and what they cost, as far as we know."""

from services.generator.providers.port import Abilities
from services.generator.sizes import FreeSizes

DEFAULT_PRICES = ("fal-ai/flux/schnell=0.006", "fal-ai/flux/dev=0.05", "fal-ai/flux=0.1")
"""US dollars for an image of two megapixels, from fal's model pages in 2026: it rounds up to whole
megapixels. The operator's IMAGE_PRICES take precedence."""

_SIZES = FreeSizes(
    step=32, max_ratio=3.0, max_edge=1536, min_pixels=512 * 512, max_pixels=1536 * 1024
)
"""The sizes that FLUX models accept: edges in multiples of 32."""

ABILITIES = Abilities(sizes=_SIZES, qualities=("auto",), prompt_characters=4000)
"""What every fal model can do, as far as its name shows."""
