"""Draws what 4:2:0 does to colour, to be looked at: `python -m tests.bench.chroma_sheet`.

Needs the packages of requirements/bench.txt. The places are among those, of all pictures
that we have, where halved chroma is furthest from full chroma.
"""

from io import BytesIO

from PIL import Image, ImageDraw

from deploy.local.settings import ROOT
from deploy.local.standin.painter.painting import paint
from services.resizer.crop import Size, choose_box
from services.resizer.encode import ENCODINGS, encode
from services.resizer.resample import resample
from tests.bench.photographs import photographs

_FILE = ROOT / "docs" / "pictures" / "chroma.webp"
_SIDE, _TIMES, _GAP, _LINE = 72, 4, 6, 16
_QUALITIES = (None, 85, 90)
_PLACES = (("A castle at dawn", 580, 162), ("rocket.jpg", 10, 186))


def main() -> None:
    """Write the picture of the docs."""
    cell = _SIDE * _TIMES + _GAP
    sheet = Image.new("RGB", (len(_QUALITIES) * cell - _GAP, len(_PLACES) * cell + _LINE), "white")
    draw = ImageDraw.Draw(sheet)
    for column, quality in enumerate(_QUALITIES):
        chroma = "4:2:0" if quality == 85 else "4:4:4"
        title = f"JPEG, quality {quality}, {chroma}" if quality else "lossless"
        draw.text((column * cell, 2), title, fill="black")
        for row, (name, x, y) in enumerate(_PLACES):
            shown = _written(_picture(name), quality).crop((x, y, x + _SIDE, y + _SIDE))
            large = shown.resize((_SIDE * _TIMES, _SIDE * _TIMES), Image.Resampling.NEAREST)
            sheet.paste(large, (column * cell, _LINE + row * cell))
    sheet.save(_FILE, lossless=True, method=6)  # lossy WebP would halve the chroma too


def _picture(name: str) -> Image.Image:
    """Return the picture of that name at 1200 x 675, or as large as it is in that shape."""
    found = [one.image for one in photographs() if name in one.name]
    image = found[0] if found else paint(name, 1536, 1024)
    width = min(1200, image.width)
    size = Size(width=width, height=round(width * 9 / 16))
    return resample(image, choose_box(Size(width=image.width, height=image.height), size), size)


def _written(image: Image.Image, quality: int | None) -> Image.Image:
    if quality is None:
        return image
    return Image.open(BytesIO(encode(image, ENCODINGS["jpeg"], quality))).convert("RGB")


if __name__ == "__main__":
    main()
