"""What a measurement is: one figure a round for us and each peer, and what follows from them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

OURS = "SnapAsset"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measured thing. `taken` holds one figure a round, by contender."""

    part: str
    what: str
    unit: str
    taken: Mapping[str, Sequence[float]]
    more_is_better: bool = False
    aim: str = ""

    def ratio(self, peer: str) -> float:
        """Return how many times better we are than `peer`; below 1 we are worse."""
        ours, theirs = median(self.taken[OURS]), median(self.taken[peer])
        over, under = (ours, theirs) if self.more_is_better else (theirs, ours)
        return over / under if under else float("inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """What calls cost, in ms, while one thing grows: `costs` has one figure for each of `sizes`."""

    of: str
    sizes: Sequence[int]
    costs: Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one part found."""

    rows: Sequence[Row] = ()
    growth: Sequence[Growth] = ()
    notes: Sequence[str] = field(default=())


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of all do not exceed. Raises ValueError on none."""
    if not values:
        raise ValueError("there is nothing to take a percentile of")
    ordered = sorted(values)
    rank = -int(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(0, rank - 1)]


def short(value: float) -> str:
    """Return a figure with three digits that count: 0.123, 12.3, 1,230; "never" for infinity."""
    if math.isinf(value):
        return "never"
    magnitude = abs(value)
    if magnitude >= 100:
        return f"{value:,.0f}"
    if magnitude >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if magnitude >= 1 or not magnitude else f"{value:.3f}"


def with_spread(values: Sequence[float]) -> str:
    """Return the median, and the range where there are several: "12.3 (11.9 to 14.0)"."""
    middle = short(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({short(min(values))} to {short(max(values))})"
