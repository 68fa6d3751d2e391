"""Draws the pictures of crops in the documentation: `python -m tests.bench.demo_sheet`.

That of the README shows what `make demo` saves: one image of the stand-in, cut for the four
platforms of the demo. Those of docs/images.md show the boxes of some platforms, and why.
"""

from PIL import Image

from deploy.local.settings import ROOT
from deploy.local.standin.painter.painting import paint
from services.common.platforms import PLATFORMS
from services.resizer.attention import look_at
from services.resizer.crop import Size
from services.resizer.debug import boxes, draw
from services.resizer.framing import frame
from services.resizer.resample import resample

_FOLDER = ROOT / "docs" / "pictures"
_PROMPT, _SIDE = "A lighthouse in a storm", 1248
_HEIGHT, _GAP = 560, 20
_COLUMNS = (("instagram-story",), ("instagram-post",), ("twitter-post", "facebook-post"))
"""The columns of the sheet, from the left; all are equally high."""

_SKETCHES = {"crop-lighthouse.jpg": "A lighthouse in a storm", "crop-boat.jpg": "A boat at sunset"}
_BOXES = (
    "instagram-post",
    "instagram-story",
    "twitter-post",
    "twitter-header",
    "facebook-cover",
    "pinterest-pin",
)
_SKETCHED, _SKETCH_WIDTH = (1664, 944), 1400


def main() -> None:
    """Write the pictures."""
    _sheet().save(_FOLDER / "demo.jpg", quality=85, progressive=True)
    for name, prompt in _SKETCHES.items():
        _sketch(paint(prompt, *_SKETCHED)).save(_FOLDER / name, quality=85, progressive=True)


def _sketch(master: Image.Image) -> Image.Image:
    seen = look_at(master)
    drawn = draw(master, seen.heat, boxes(master, seen, [PLATFORMS[name] for name in _BOXES]))
    height = round(drawn.height * _SKETCH_WIDTH / drawn.width)
    return drawn.resize((_SKETCH_WIDTH, height), Image.Resampling.LANCZOS)


def _sheet() -> Image.Image:
    master = paint(_PROMPT, _SIDE, _SIDE)
    columns = [_column(master, names) for names in _COLUMNS]
    width = sum(one.width for one in columns) + _GAP * (len(columns) + 1)
    sheet = Image.new("RGB", (width, _HEIGHT + 2 * _GAP), "white")
    left = _GAP
    for column in columns:
        sheet.paste(column, (left, _GAP))
        left += column.width + _GAP
    return sheet


def _column(master: Image.Image, names: tuple[str, ...]) -> Image.Image:
    """Return the renditions below each other, equally wide and `_HEIGHT` high together."""
    shapes = [PLATFORMS[name].height / PLATFORMS[name].width for name in names]
    width = round((_HEIGHT - _GAP * (len(names) - 1)) / sum(shapes))
    column, top = Image.new("RGB", (width, _HEIGHT), "white"), 0
    for number, shape in enumerate(shapes):
        last = number == len(shapes) - 1
        height = _HEIGHT - top if last else round(width * shape)
        column.paste(_rendition(master, Size(width=width, height=height)), (0, top))
        top += height + _GAP
    return column


def _rendition(master: Image.Image, size: Size) -> Image.Image:
    whole = Size(width=master.width, height=master.height)
    return resample(master, frame(look_at(master), whole, size), size)


if __name__ == "__main__":
    main()
