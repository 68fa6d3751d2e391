"""Shows what a master of the right shape saves: `python -m tests.bench.masters`."""

import sys
from collections.abc import Sequence

from services.common.options import JobOptions
from services.common.platforms import PLATFORMS
from services.common.settings import load
from services.generator.providers.openai.sizes import FREE
from services.generator.settings import GeneratorSettings
from services.generator.sizes import SQUARE, Shape
from services.jobs.groups import PER_ASPECT, groups
from services.jobs.values import JobSpec

_NINE = tuple(PLATFORMS)[:9]
"""Those of the first version, which docs/images.md shows."""

_SETS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in _NINE),
    ("instagram-post", "twitter-post"),
    ("instagram-post", "instagram-story"),
    ("twitter-post", "facebook-post", "linkedin-post", "youtube-thumbnail"),
    ("instagram-post", "instagram-story", "twitter-post", "facebook-post"),
    _NINE,
)


def main() -> None:
    """Print the table."""
    budget = load(GeneratorSettings, {"OPENAI_API_KEY": "none"}).pixel_budget
    tell(
        "| platforms | master | shown | enlarged by | of 1024²: shown | enlarged by "
        "| per aspect: masters | shown | enlarged by |"
    )
    tell("|---|---|---|---|---|---|---|---|---|")
    for names in _SETS:
        one, square = [(names, _bought(names, budget))], [(names, SQUARE)]
        grouped = [[target.id for target in group] for group in groups(_job(names))]
        each = [(group, _bought(group, budget)) for group in grouped]
        title = "all nine" if names == _NINE else ", ".join(names)
        cells = [
            f"{one[0][1].width}x{one[0][1].height}",
            *_cells(one),
            *_cells(square),
            ", ".join(f"{master.width}x{master.height}" for _, master in each),
            *_cells(each),
        ]
        tell(f"| {title} | {' | '.join(cells)} |")


def _job(names: tuple[str, ...]) -> JobSpec:
    options = JobOptions(masters=PER_ASPECT)
    return JobSpec(user_id="ada", prompt="", platforms=names, options=options)


def _bought(names: Sequence[str], budget: int) -> Shape:
    return FREE.best(_shapes(names), budget)


def _shapes(names: Sequence[str]) -> list[Shape]:
    return [Shape(width=PLATFORMS[name].width, height=PLATFORMS[name].height) for name in names]


def _cells(bought: Sequence[tuple[Sequence[str], Shape]]) -> tuple[str, str]:
    """The share of its master that the mean rendition shows, and the most that one is enlarged."""
    shown, scales = [], [1.0]
    for names, master in bought:
        for one in _shapes(names):
            scale = max(one.width / master.width, one.height / master.height)
            shown.append(one.pixels / (scale * scale * master.pixels))
            scales.append(scale)
    return f"{sum(shown) / len(shown):.0%}", f"{max(scales):.2f}"


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
