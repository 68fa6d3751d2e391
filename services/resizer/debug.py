"""Draws where a master is cut: `python -m services.resizer.debug FILE -o out.png`."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from services.common.platforms import PLATFORMS
from services.common.targets import Platform
from services.resizer.attention import Attention, look_at
from services.resizer.crop import Area, Box, Size
from services.resizer.decode import decode
from services.resizer.detectors import open_faces
from services.resizer.framing import frame
from services.resizer.saliency import Floats

_MAX_PIXELS = 40_000_000
_WIDTH = 900
_COLOURS = ("#ff4d4d", "#4dff6a", "#4dd2ff", "#ffd94d", "#ff4dd8", "#ffffff", "#ff944d")


def main(arguments: list[str] | None = None) -> None:
    """Draw the picture that the command line requests."""
    parser = argparse.ArgumentParser(description="Draws where a master is cut.")
    parser.add_argument("file", type=Path, help="a PNG, JPEG, WebP or AVIF file")
    parser.add_argument("--targets", nargs="+", choices=PLATFORMS, default=list(PLATFORMS))
    parser.add_argument("-o", "--output", type=Path, default=Path("crops.png"))
    wanted = parser.parse_args(arguments)
    master = decode(BytesIO(wanted.file.read_bytes()), _MAX_PIXELS, False)
    seen = look_at(master, open_faces())
    chosen = boxes(master, seen, [PLATFORMS[name] for name in wanted.targets])
    drawn = draw(master, seen.heat, chosen)
    drawn.save(wanted.output)
    sys.stdout.write(f"{wanted.output}\n")


def boxes(master: Image.Image, seen: Attention, platforms: Iterable[Platform]) -> dict[str, Box]:
    """Return what each platform would show of the master, by its id."""
    size = Size(width=master.width, height=master.height)
    return {
        one.id: frame(
            seen,
            size,
            Size(width=one.width, height=one.height),
            [Area(left=a.left, top=a.top, right=a.right, bottom=a.bottom) for a in one.covered],
        )
        for one in platforms
    }


def draw(master: Image.Image, heat: Floats, chosen: Mapping[str, Box]) -> Image.Image:
    """Return the master with the boxes, and beside it what matters in it, red on grey."""
    scale = _WIDTH / master.width
    size = _WIDTH, max(1, round(master.height * scale))
    left, grey = master.resize(size), master.convert("L").resize(size).point(lambda v: v // 3)
    glow = Image.fromarray(np.rint(heat * (255 / (heat.max() or 1))).astype(np.uint8)).resize(size)
    right = Image.merge("RGB", (ImageChops.add(grey, glow), grey, grey))
    pen, font = ImageDraw.Draw(left), ImageFont.load_default(16)
    for number, (name, box) in enumerate(chosen.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        edges = [round(edge * scale) for edge in box.edges]
        pen.rectangle((edges[0], edges[1], edges[2] - 1, edges[3] - 1), outline=colour, width=3)
        place = (edges[0] + 8, edges[1] + 6 + 20 * number)
        pen.text(place, name, fill=colour, font=font, stroke_width=2, stroke_fill="black")
    both = Image.new("RGB", (2 * size[0], size[1]))
    both.paste(left, (0, 0))
    both.paste(right, (size[0], 0))
    return both


if __name__ == "__main__":
    main()
