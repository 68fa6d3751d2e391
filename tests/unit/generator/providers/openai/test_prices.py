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
        ({}, 1056),
        ({"quality": "low"}, 272),
        ({"quality": "high"}, 4160),
        ({"quality": "auto"}, 4160),
        ({"quality": "xhigh"}, 8320),
        ({"quality": "max"}, 16_640),
        ({"size": Shape(width=2048, height=1024)}, 2112),
        ({"previews": 2}, 1256),
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
