from dataclasses import replace

import pytest

from services.generator.prices import read_prices
from services.generator.providers.openai.prices import DEFAULT_PRICES, most_tokens
from services.generator.providers.port import Commission
from services.generator.sizes import SQUARE, Shape

SQUARE_OF_MEDIUM = Commission(model="m", prompt="123456", size=SQUARE, quality="medium")


@pytest.mark.parametrize(
    ("changed", "tokens"),
    [
        ({}, 1756),
        ({"quality": "low"}, 196),
        ({"quality": "high"}, 7024),
        ({"quality": "auto"}, 7024),
        ({"quality": "xhigh"}, 14_048),
        ({"quality": "max"}, 28_096),
        ({"previews": 2}, 1956),
        # As OpenAI's own calculator has it.
        ({"quality": "high", "size": Shape(width=1536, height=1024)}, 5488),
        ({"quality": "high", "size": Shape(width=1024, height=1792)}, 5063),
        ({"quality": "high", "size": Shape(width=3584, height=2048)}, 12_329),
    ],
)
def test_an_image_is_estimated_by_its_quality_size_and_previews(
    changed: dict[str, object], tokens: int
) -> None:
    usage = most_tokens(replace(SQUARE_OF_MEDIUM, **changed))  # type: ignore[arg-type]
    assert (usage.input_tokens, usage.output_tokens) == (2, tokens)


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-sunburst"])
def test_every_model_of_the_default_list_has_its_price(model: str) -> None:
    price = read_prices(DEFAULT_PRICES).price(model)
    assert (price.text_in, price.image_in, price.out) == (5, 8, 30)
