import pytest

from services.jobs.spend.prices import DEFAULT_PRICES, check_prices, read_prices


def test_a_million_tokens_cost_what_the_table_says() -> None:
    table = read_prices(["gpt-image-2=5/30"])
    assert table.cost_micros("gpt-image-2-2026-04-21", 1_000_000, 1_000_000) == 35_000_000


def test_the_longest_name_that_fits_counts() -> None:
    table = read_prices(["gpt-image-2=5/30", "gpt-image-2.5-sunburst=6/60"])
    assert table.cost_micros("gpt-image-2.5-sunburst-2026-09-08", 0, 1000) == 60_000
    assert table.cost_micros("gpt-image-2.5-flare", 0, 1000) == 30_000


def test_a_model_without_a_price_costs_nothing_that_we_know_of() -> None:
    assert read_prices([]).cost_micros("other", 1000, 1000) == 0


@pytest.mark.parametrize("row", ["gpt-image-2", "gpt-image-2=5", "=5/30", "a=-1/2", "a=x/2"])
def test_a_row_that_is_no_price_is_a_mistake(row: str) -> None:
    assert check_prices([row])


def test_the_default_is_no_mistake() -> None:
    assert check_prices(DEFAULT_PRICES) is None
