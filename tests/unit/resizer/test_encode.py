from io import BytesIO
from statistics import mean

import pytest
from PIL import Image, ImageChops, ImageStat
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from deploy.local.standin.painter.painting import paint
from services.resizer.encode import ENCODINGS, encode
from tests.unit.resizer.pictures import close, opened, quadrants

QUARTER_CHROMA = 2
"""What Pillow calls 4:2:0."""


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_format_is_what_its_content_type_says(name: str) -> None:
    image = opened(encode(quadrants(40, 24), ENCODINGS[name], ENCODINGS[name].quality))
    assert image.get_format_mimetype() == ENCODINGS[name].content_type
    assert image.size == (40, 24)


def test_a_jpeg_is_progressive_with_quarter_chroma() -> None:
    image = opened(encode(quadrants(40, 24), ENCODINGS["jpeg"], ENCODINGS["jpeg"].quality))
    assert image.info["progressive"]
    assert get_sampling(image) == QUARTER_CHROMA


def test_a_jpeg_of_the_best_quality_keeps_every_level() -> None:
    image = opened(encode(quadrants(40, 24), ENCODINGS["jpeg"], 100))
    assert isinstance(image, JpegImageFile)
    assert [set(table) for table in image.quantization.values()] == [{1}, {1}]


def test_a_jpeg_is_as_good_as_with_the_standard_tables_in_fewer_bytes() -> None:
    picture, standard = paint("A castle at dawn", 600, 400), BytesIO()
    picture.save(standard, "JPEG", quality=85, subsampling="4:2:0", progressive=True)
    ours = encode(picture, ENCODINGS["jpeg"], 85)
    assert len(ours) < 0.96 * len(standard.getvalue())
    assert _error(opened(ours), picture) < 1.02 * _error(Image.open(standard), picture)


def _error(one: Image.Image, other: Image.Image) -> float:
    """Return how far their levels are apart, as the mean over the bands of a root mean square."""
    return mean(ImageStat.Stat(ImageChops.difference(one, other)).rms)


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif"])
def test_more_quality_makes_larger_files(name: str) -> None:
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    encoding = ENCODINGS[name]
    sizes = [len(encode(noise, encoding, quality)) for quality in (1, 40, 80, 100)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("name", [name for name, row in ENCODINGS.items() if row.keeps_alpha])
def test_transparency_survives(name: str) -> None:
    pixels = Image.new("RGBA", (16, 16), (200, 0, 0, 128))
    assert close(
        opened(encode(pixels, ENCODINGS[name], ENCODINGS[name].quality)).getpixel((8, 8)),
        (200, 0, 0, 128),
    )
