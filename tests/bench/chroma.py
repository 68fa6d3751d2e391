"""Shows what JPEG settings keep and cost: `python -m tests.bench.chroma`."""

import sys
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import mean

import numpy as np
from PIL import Image

from deploy.local.standin.painter.painting import paint
from services.resizer.encode import ENCODINGS
from tests.bench.renditions import pictures
from tests.bench.ssim import ssim

_SIZE = (1200, 800)
_PROMPTS = ("A lighthouse in a storm", "A castle at dawn", "A city at night", "A quiet forest")
_QUALITIES = (75, 80, 85, 90, 95)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        grainy = [
            Image.open(file).convert("RGB").resize(_SIZE, Image.Resampling.LANCZOS)
            for file in pictures(Path(folder))
        ]
    smooth = [paint(prompt, *_SIZE) for prompt in _PROMPTS]
    _tell("| | kB, 4:2:0 | 4:4:4 | plain 4:2:0 | SSIM | colour off by, 4:2:0 | 4:4:4 |")
    _tell("|---|---|---|---|---|---|---|")
    for name, kind in (("grainy", grainy), ("smooth", smooth)):
        for quality in _QUALITIES:
            _tell(f"| {name}, quality {quality} | {' | '.join(_cells(kind, quality))} |")


def _cells(images: Sequence[Image.Image], quality: int) -> list[str]:
    half = [_saved(one, quality, "4:2:0") for one in images]
    full = [_saved(one, quality, "4:4:4") for one in images]
    plain = [_saved(one, quality, "4:2:0", progressive=False) for one in images]
    sizes = [mean(len(file.getvalue()) for file in files) / 1000 for files in (half, full, plain)]
    likeness = mean(ssim(Image.open(f), one) for f, one in zip(half, images, strict=True))
    off = [
        mean(_colour_error(Image.open(f), one) for f, one in zip(files, images, strict=True))
        for files in (half, full)
    ]
    return [*(f"{size:.0f}" for size in sizes), f"{likeness:.3f}", *(f"{one:.1f}" for one in off)]


def _saved(image: Image.Image, quality: int, chroma: str, *, progressive: bool = True) -> BytesIO:
    file, ours = BytesIO(), ENCODINGS["jpeg"].options(quality, b"")
    image.save(file, "JPEG", **{**ours, "subsampling": chroma, "progressive": progressive})
    return file


def _colour_error(one: Image.Image, other: Image.Image) -> float:
    """Return the mean error of the two colour channels, in levels of 255 (root of squares)."""
    a, b = (np.asarray(image.convert("YCbCr"), dtype=np.float64)[..., 1:] for image in (one, other))
    return float(np.sqrt(np.mean((a - b) ** 2)))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
