import pytest
from PIL import Image

from services.common.pictures.flaws import Flaw
from services.common.pictures.formats import PICTURE_FORMATS
from services.common.pictures.opening import PictureRefused, open_picture
from tests.unit.resizer.pictures import (
    P3_PRIMARIES,
    SRGB_CURVE,
    chunk,
    png,
    profile,
    quadrants,
    saved,
)

MOST = 100_000


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_each_format_is_opened_and_loaded(name: str) -> None:
    picture = open_picture(saved(quadrants(40, 24), name), MOST)
    picture.load()
    assert picture.content_type == f"image/{name.lower()}"
    assert picture.upright_size == (40, 24)


def test_the_table_of_formats_is_that_of_the_contract() -> None:
    types = [f"image/{name}" for name in ("png", "jpeg", "webp", "avif")]
    assert [kind.content_type for kind in PICTURE_FORMATS] == types


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_as_it_is_shown(name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = open_picture(saved(quadrants(48, 32), name, exif=exif), MOST)
    assert picture.upright_size == ((32, 48) if orientation >= 5 else (48, 32))


def test_a_long_profile_is_kept_and_a_long_text_decides_nothing() -> None:
    long = profile(P3_PRIMARIES, *SRGB_CURVE, private=bytes(1_500_000))
    text = chunk(b"tEXt", b"workflow\0" + b"x" * 2_000_000)
    data = saved(quadrants(8, 8), icc_profile=long)
    picture = open_picture(data[:33] + text + data[33:], MOST)
    picture.load()
    assert picture.pixels.info["icc_profile"] == long


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (b"", Flaw.UNKNOWN_FORMAT),
        (b"<html>", Flaw.UNKNOWN_FORMAT),
        (saved(quadrants(8, 8), "GIF"), Flaw.UNKNOWN_FORMAT),
        (saved(quadrants(8, 8))[:30], Flaw.BROKEN),
        (png(4, 4, depth=3, colour_type=2), Flaw.BROKEN),
        (saved(quadrants(8, 8), "AVIF")[:40], Flaw.BROKEN),
        (saved(quadrants(400, 251)), Flaw.TOO_MANY_PIXELS),
        (saved(quadrants(400, 251), "AVIF"), Flaw.TOO_MANY_PIXELS),
        (png(100_000, 100_000, depth=1, colour_type=0), Flaw.TOO_MANY_PIXELS),
    ],
)
def test_a_flaw_is_named_before_any_pixel_is_decoded(data: bytes, flaw: Flaw) -> None:
    with pytest.raises(PictureRefused) as refused:
        open_picture(data, MOST)
    assert refused.value.flaw is flaw


def test_a_cut_file_is_broken_once_it_is_loaded() -> None:
    picture = open_picture(saved(quadrants(64, 64))[:-40], MOST)
    with pytest.raises(PictureRefused, match="BROKEN"):
        picture.load()
