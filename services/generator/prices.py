"""Computes what a call to an image API costs, from the operator's price table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.generator.providers.port import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """US dollars for a million tokens, which is also millionths of a dollar for one."""

    text_in: float
    image_in: float
    out: float
    image: float = 0.0
    """US dollars for an image, whatever its tokens."""

    def cost_micros(self, usage: Usage) -> int:
        """Return the cost of one image in millionths of a US dollar."""
        text = usage.input_tokens - usage.input_image_tokens
        tokens = (
            text * self.text_in
            + usage.input_image_tokens * self.image_in
            + usage.output_tokens * self.out
        )
        return round(tokens + self.image * 1_000_000)


_FREE = Price(text_in=0, image_in=0, out=0)


class PriceTable:
    """Prices by model name prefix; the longest matching prefix counts."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = dict(sorted(prices.items(), key=lambda row: -len(row[0])))

    def price(self, model: str) -> Price:
        """Return the price of `model`, or None if no row matches it."""
        names = (model, model.rpartition("/")[2])  # proxies use aliases such as openai/gpt-image-2
        fitting = (price for name, price in self._prices.items() if _begins(names, name))
        return next(fitting, _FREE)


def _begins(names: Iterable[str], beginning: str) -> bool:
    return any(name.startswith(beginning) for name in names)


def read_prices(rows: Sequence[str]) -> PriceTable:
    """Return the table of rows like "gpt-image-2=5/8/30". Raises ValueError."""
    prices = {}
    for row in rows:
        name, _, figures = row.partition("=")
        numbers = [float(figure) for figure in figures.split("/")]
        if not name or not all(0 <= number < float("inf") for number in numbers):
            raise ValueError(row)
        match numbers:
            case [image]:
                prices[name] = Price(text_in=0, image_in=0, out=0, image=image)
            case [text_in, out]:
                prices[name] = Price(text_in=text_in, image_in=text_in, out=out)
            case [text_in, image_in, out]:
                prices[name] = Price(text_in=text_in, image_in=image_in, out=out)
            case _:
                raise ValueError(row)
    return PriceTable(prices)


def check_prices(rows: Sequence[str]) -> str | None:
    """Check the value of the setting."""
    try:
        read_prices(rows)
    except ValueError:
        return (
            "must be rows like model=5/40 or model=5/8/30 (US dollars for a million tokens: in and "
            "out, or text in, image in and out) or model=0.04 (US dollars for an image)"
        )
    return None
