"""The arithmetic of the benchmarks."""

import pytest

from tests.bench.figures import OURS, Row, percentile, short, with_spread

MORE = Row(
    part="jobs",
    what="create",
    unit="requests/s",
    taken={OURS: [300, 100, 200], "Other": [100, 50, 400]},
    more_is_better=True,
)


def test_a_ratio_compares_medians() -> None:
    assert MORE.ratio("Other") == 2.0


def test_less_of_a_cost_is_better() -> None:
    row = Row(part="jobs", what="create", unit="ms", taken={OURS: [2.0], "Other": [6.0]})
    assert row.ratio("Other") == 3.0


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([5.0], 99, 5.0), ([1.0, 2.0], 50, 1.0), (list(range(1, 101)), 99, 99), ([3, 1, 2], 100, 3)],
)
def test_a_percentile_is_a_value_that_was_measured(
    values: list[float], percent: float, found: float
) -> None:
    assert percentile(values, percent) == found


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.00"), (0.1234, "0.123"), (1.239, "1.24"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_figures_have_three_digits_that_count(value: float, text: str) -> None:
    assert short(value) == text


def test_a_spread_is_told_where_there_is_one() -> None:
    assert with_spread([2.0, 1.0, 3.0]) == "2.00 (1.00 to 3.00)"
    assert with_spread([2.0]) == "2.00"
