"""Shows what a master of the right shape saves: `python -m tests.bench.masters`."""

import sys
from collections.abc import Sequence

from services.common.platforms import PLATFORMS
from services.common.settings import load
from services.generator.settings import GeneratorSettings
from services.generator.sizes import SQUARE, Shape, master_size

_MODEL = "gpt-image-2"
_SETS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in PLATFORMS),
    ("instagram-post", "twitter-post"),
    ("instagram-post", "instagram-story"),
    ("twitter-post", "facebook-post", "linkedin-post", "youtube-thumbnail"),
    ("instagram-post", "instagram-story", "twitter-post", "facebook-post"),
    tuple(PLATFORMS),
)


def main() -> None:
    """Print the table."""
    budget = load(GeneratorSettings, {"OPENAI_API_KEY": "none"}).pixel_budget
    tell("| platforms | master | shown | enlarged by | of 1024²: shown | enlarged by |")
    tell("|---|---|---|---|---|---|")
    for names in _SETS:
        targets = [
            Shape(width=PLATFORMS[name].width, height=PLATFORMS[name].height) for name in names
        ]
        chosen = master_size(targets, _MODEL, budget)
        title = "all nine" if len(names) == len(PLATFORMS) else ", ".join(names)
        cells = [*_cells(chosen, targets), *_cells(SQUARE, targets)]
        tell(f"| {title} | {chosen.width}x{chosen.height} | {' | '.join(cells)} |")


def _cells(master: Shape, targets: Sequence[Shape]) -> tuple[str, str]:
    """The share of the master that the mean rendition shows, and the most that one is enlarged."""
    scales = [max(one.width / master.width, one.height / master.height) for one in targets]
    shown = [
        one.pixels / (scale * scale * master.pixels)
        for one, scale in zip(targets, scales, strict=True)
    ]
    return f"{sum(shown) / len(shown):.0%}", f"{max(1.0, *scales):.2f}"


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
