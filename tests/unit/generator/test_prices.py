import pytest

from services.generator.prices import read_prices
from services.generator.providers.port import Usage

USAGE = Usage(input_tokens=100, output_tokens=1000, total_tokens=1100, input_image_tokens=40)
TABLE = read_prices(["gpt-image-2=5/8/30", "gpt-image-2.6=5/40", "flux=0.04"])


@pytest.mark.parametrize(
    ("model", "micros"),
    [
        ("gpt-image-2", 60 * 5 + 40 * 8 + 1000 * 30),
        ("gpt-image-2.5-flare", 60 * 5 + 40 * 8 + 1000 * 30),
        ("openai/gpt-image-2.5-flare", 60 * 5 + 40 * 8 + 1000 * 30),
        ("gpt-image-2.6-flare", 100 * 5 + 1000 * 40),
        ("flux-pro", 40_000),
        ("black-forest-labs/flux-pro", 40_000),
        ("sdxl", 0),
    ],
)
def test_the_longest_beginning_of_a_name_gives_the_price(model: str, micros: int) -> None:
    assert TABLE.price(model).cost_micros(USAGE) == micros
