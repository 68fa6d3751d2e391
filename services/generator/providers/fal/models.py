"""What the image models of fal can and cost, as far as we know them."""

from services.generator.providers.port import Abilities
from services.generator.sizes import FreeSizes

DEFAULT_PRICES = ("fal-ai/flux/schnell=0.006", "fal-ai/flux/dev=0.05", "fal-ai/flux=0.1")
"""US dollars for an image of two megapixels, by fal's model pages of 2026: it charges for begun
megapixels. The operator's IMAGE_PRICES are the truth."""

_SIZES = FreeSizes(
    step=32, max_ratio=3.0, max_edge=1536, min_pixels=512 * 512, max_pixels=1536 * 1024
)
"""What FLUX models take: edges in multiples of 32."""

ABILITIES = Abilities(sizes=_SIZES, qualities=("auto",), prompt_characters=4000)
"""What every model of fal can, as far as its name tells."""
