"""What OpenAI's image models charge, and what an image will cost before its tokens are counted."""

import math

from services.generator.providers.port import Commission, Usage

DEFAULT_PRICES = ("gpt-image-2=5/8/30",)
"""From OpenAI's price page for gpt-image-2 and 2.5 in November 2026: text in, image in, out. 2.6
costs the same. The operator's IMAGE_PRICES take precedence."""

_SQUARE_TOKENS = {"low": 272, "medium": 1056, "high": 4160}
"""Tokens of an image of 1024x1024 by its quality: the table of the image generation guide at
developers.openai.com, "Cost and latency"."""

_BEYOND_HIGH = {"xhigh": 2, "max": 4}
"""Multiples of the tokens of high: our guess, since no figure is published."""

_PREVIEW_TOKENS = 100
"""For each partial image: the same guide, "Partial images cost"."""

_REFERENCE_TOKENS = 6656
"""For each image that an edit begins with, at the most: the fidelity of one that is not square, and
its tiles, from the same guide, "Input fidelity"."""

_BYTES_PER_TOKEN = 3
"""Counted for a prompt, at least."""


def most_tokens(commission: Commission) -> Usage:
    """Return roughly the most tokens that an image can use. "auto" may become high."""
    quality = commission.quality
    square = _SQUARE_TOKENS.get(quality, _SQUARE_TOKENS["high"]) * _BEYOND_HIGH.get(quality, 1)
    out = math.ceil(square * commission.size.pixels / 1024**2)
    out += _PREVIEW_TOKENS * commission.previews
    images = _REFERENCE_TOKENS * len(commission.references)
    text = math.ceil(len(commission.prompt.encode(errors="replace")) / _BYTES_PER_TOKEN)
    return Usage(
        input_tokens=text + images,
        output_tokens=out,
        total_tokens=text + images + out,
        input_image_tokens=images,
    )
