"""The sizes that OpenAI's image models paint."""

import re

from services.generator.sizes import SQUARE, FreeSizes, ListedSizes, Shape, Sizes

STANDARD = ListedSizes((SQUARE, Shape(width=1536, height=1024), Shape(width=1024, height=1536)))
"""What every GPT image model takes (openai SDK 3.54, image_generate_params.py)."""

FREE = FreeSizes(step=16, max_ratio=3.0, max_edge=3840, min_pixels=655_360, max_pixels=8_294_400)
"""What gpt-image-2 and its successors take: from the same source, with the bounds on pixels and
edges from the image generation guide at developers.openai.com, "Size and quality options"."""

_FREE_SIZE = re.compile(r"gpt-image-2($|[-.])")


def sizes_of(model: str) -> Sizes:
    """Return the sizes of `model`: the standard ones unless it is known to take any."""
    return FREE if _FREE_SIZE.match(model) else STANDARD
