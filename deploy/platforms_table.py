"""Writes docs/platforms.md from the table of platforms: `python -m deploy.platforms_table`."""

from pathlib import Path

from services.common.platform_rows import LEAST_SIDE, MOST_SIDE
from services.common.platforms import PLATFORMS
from services.common.targets import FORMATS, Platform

FILE = Path(__file__).resolve().parents[1] / "docs" / "platforms.md"

_INTRODUCTION = f"""# Platforms

What an image can be cut for, and where each rule stands. `GET /api/platforms` has the same facts;
this page is written by `python -m deploy.platforms_table`, and a test holds it against the table in
[platforms.json](../services/common/platforms.json). The rules move: a row says when its own were
read. An id never goes and keeps its meaning.

- **formats**: what the platform is documented to refuse is left out, and a job that asks for it is
  answered with 400.
- **bytes**: the longest file. A rendition that would be longer is written with less quality.
- **covered**: what the app lays over the image, in percent of its width and height: left, top,
  right and bottom edge. A smart crop keeps what matters away from it.

For any other size there is no need of a row: [name it in the job](api.md#create-a-job).

## Your own

`PLATFORMS_FILE` names a JSON file with rows like ours; gateway and worker read it when they start,
and refuse to start with every mistake named. Its rows are added to ours, and one with an id of ours
takes its place. With `PLATFORMS_INSTEAD=true` there are those of the file alone.

```json
[
  {{"id": "blog-banner", "name": "Blog Banner", "width": 1600, "height": 400}},
  {{"id": "shop-tile", "name": "Shop Tile", "network": "Shop", "width": 800, "height": 800,
   "max_bytes": 300000, "formats": ["webp", "jpeg"], "covered": [[0, 0.85, 1, 1]],
   "source": "Shop handbook, pictures", "as_of": "2026-11"}}
]
```

`id`, `name`, `width` and `height` are required; sides are {LEAST_SIDE} to {MOST_SIDE} pixels. A job
keeps the facts of its platforms: a row that is changed or deleted changes no job that was accepted.

## Ours

| id | name | network | pixels | formats | bytes | covered | source | as of |
|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    return _INTRODUCTION + "".join(f"| {' | '.join(_cells(one))} |\n" for one in PLATFORMS.values())


def _cells(platform: Platform) -> tuple[str, ...]:
    return (
        f"`{platform.id}`",
        platform.name,
        platform.network,
        f"{platform.width} x {platform.height}",
        "all" if platform.formats == FORMATS else ", ".join(platform.formats),
        f"{platform.max_bytes:,}" if platform.max_bytes else "-",
        _covered(platform) or "-",
        platform.source,
        platform.as_of,
    )


def _covered(platform: Platform) -> str:
    edges = ((part.left, part.top, part.right, part.bottom) for part in platform.covered)
    return "; ".join(" ".join(f"{100 * edge:.4g}" for edge in part) for part in edges)


if __name__ == "__main__":
    FILE.write_text(page())
