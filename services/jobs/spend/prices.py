"""What a call to the image API costs, by a price table that the operator keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEFAULT_PRICES = ("gpt-image-2=5/30",)
"""What OpenAI's price page said of gpt-image-2 and 2.5 in September 2026, for 2.6 a guess.
The operator's IMAGE_PRICES are the truth."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """US dollars for a million tokens, which is also millionths of a dollar for one."""

    input_token: float
    output_token: float


class PriceTable:
    """Prices by the beginning of a model's name; the longest that fits counts."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = dict(sorted(prices.items(), key=lambda row: -len(row[0])))

    def cost_micros(self, model: str, input_tokens: int, output_tokens: int) -> int:
        """Return the cost in millionths of a US dollar, 0 for a model without a price."""
        price = self._prices.get(self.row(model))
        if price is None:
            return 0
        return round(input_tokens * price.input_token + output_tokens * price.output_token)

    def row(self, model: str) -> str:
        """Return the beginning of the name by which `model` has its price, "" without one."""
        return next((name for name in self._prices if model.startswith(name)), "")


def read_prices(rows: Sequence[str]) -> PriceTable:
    """Return the table of rows like "gpt-image-2=5/40". Raises ValueError."""
    prices = {}
    for row in rows:
        name, _, pair = row.partition("=")
        first, _, second = pair.partition("/")
        price = Price(input_token=float(first), output_token=float(second))
        if not name or price.input_token < 0 or price.output_token < 0:
            raise ValueError(row)
        prices[name] = price
    return PriceTable(prices)


def check_prices(rows: Sequence[str]) -> str | None:
    """Check for the setting."""
    try:
        read_prices(rows)
    except ValueError:
        return "must be rows like model=5/40: US dollars for a million tokens in and out"
    return None
