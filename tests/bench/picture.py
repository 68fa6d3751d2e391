"""The figures as pictures: how many times better or worse we are, and what growth costs."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plot

from tests.bench.figures import OURS, Growth, Row, short

_BETTER, _WORSE, _GREY = "#1b7f79", "#c8553d", "#888888"
_STYLE = {"font.size": 8, "svg.hashsalt": "bench", "svg.fonttype": "none"}


def draw_ratios(file: Path, rows: Sequence[Row]) -> None:
    """Draw one bar for each row and peer: right of 1 we are better."""
    bars = [
        (f"{row.part}: {row.what}, {row.unit} - {peer}", row.ratio(peer))
        for row in rows
        if OURS in row.taken
        for peer in row.taken
        if peer != OURS and 0 < row.ratio(peer) < math.inf
    ]
    if not bars:
        return
    with mpl.rc_context(_STYLE):
        figure, axes = plot.subplots(figsize=(9, 0.6 + 0.19 * len(bars)))
        places = range(len(bars), 0, -1)
        ratios = [ratio for _, ratio in bars]
        colours = [_BETTER if ratio >= 1 else _WORSE for ratio in ratios]
        axes.barh(places, [ratio - 1 for ratio in ratios], left=1, color=colours, height=0.7)
        axes.set_xscale("log")
        axes.set_yticks(places, [name for name, _ in bars])
        axes.axvline(1, color=_GREY, linewidth=0.8)
        for place, ratio in zip(places, ratios, strict=True):
            right = ratio >= 1
            axes.annotate(
                f"{short(ratio)}x",
                (ratio, place),
                xytext=(3 if right else -3, 0),
                textcoords="offset points",
                va="center",
                ha="left" if right else "right",
            )
        axes.set_title("SnapAsset against others: right of the line it is better")
        axes.margins(x=0.15, y=0.01)
        _finish(figure, axes, file)


def draw_growth(file: Path, growth: Sequence[Growth]) -> None:
    """Draw the cost of calls over the size of what grows; both axes are logarithmic."""
    if not growth:
        return
    with mpl.rc_context(_STYLE):
        figure, grid = plot.subplots(1, len(growth), figsize=(9, 2.6), sharey=True, squeeze=False)
        for axes, one in zip(grid[0], growth, strict=True):
            for call, costs in one.costs.items():
                axes.plot(one.sizes, costs, marker="o", markersize=3, label=call)
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xticks(one.sizes, [f"{size:,}" for size in one.sizes])
            axes.minorticks_off()
            axes.set_xlabel(one.of)
            axes.legend(frameon=False, fontsize=7)
            _plain(axes)
        grid[0][0].set_ylabel("ms, median")
        _finish(figure, grid[0][0], file)


def _plain(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _finish(figure: Any, axes: Any, file: Path) -> None:
    _plain(axes)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None})
    plot.close(figure)
