"""What OpenAI's image models charge, and what an image will cost before its tokens are counted."""

import math

from services.generator.providers.port import Commission, Usage
from services.generator.sizes import Shape

DEFAULT_PRICES = ("gpt-image-2=5/8/30",)
"""From OpenAI's price page for gpt-image-2 and 2.5 in November 2026: text in, image in, out. 2.6
costs the same. The operator's IMAGE_PRICES take precedence."""

_CELLS = {"low": 16, "medium": 48, "high": 96}
"""How many cells the longer edge of an image is painted in, by its quality.

OpenAI publishes a calculator and no formula. This one gives the calculator's figures for
gpt-image-2, such as 7,024 tokens for 1024x1024 at high: community.openai.com/t/1382699, June 2026.
"""

_FIRST_PIXELS, _PIXELS_PER_CELL = 2_000_000, 4_000_000
"""A cell costs a token for so many pixels of the image, the first ones always included."""

_BEYOND_HIGH = {"xhigh": 2, "max": 4}
"""Multiples of the tokens of high: our guess, since no figure is published."""

_PREVIEW_TOKENS = 100
"""For each partial image: the same guide, "Partial images cost"."""

_REFERENCE_TOKENS = 1536
"""For each image that an edit begins with, at the most: a token for each square of 32 pixels, as
100 edits with gpt-image-2 have shown: community.openai.com/t/1382940, June 2026."""

_BYTES_PER_TOKEN = 3
"""Counted for a prompt, at least."""


def most_tokens(commission: Commission) -> Usage:
    """Return roughly the most tokens that an image can use. "auto" may become high."""
    quality = commission.quality
    out = _image_tokens(commission.size, quality) + _PREVIEW_TOKENS * commission.previews
    images = _REFERENCE_TOKENS * len(commission.references)
    text = math.ceil(len(commission.prompt.encode(errors="replace")) / _BYTES_PER_TOKEN)
    return Usage(
        input_tokens=text + images,
        output_tokens=out,
        total_tokens=text + images + out,
        input_image_tokens=images,
    )


def _image_tokens(size: Shape, quality: str) -> int:
    longer, shorter = max(size.width, size.height), min(size.width, size.height)
    along = _CELLS.get(quality, _CELLS["high"])
    across = math.floor(along * shorter / longer + 0.5)
    tokens = math.ceil(along * across * (_FIRST_PIXELS + size.pixels) / _PIXELS_PER_CELL)
    return tokens * _BEYOND_HIGH.get(quality, 1)
