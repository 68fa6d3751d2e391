import pytest
from PIL import Image

from services.resizer.encode import ENCODINGS, Encoding, encode
from services.resizer.fit import encode_within
from tests.unit.resizer.pictures import opened

NOISE = Image.merge("RGB", [Image.effect_noise((160, 120), 60) for _ in range(3)])
LOSSY = [encoding for encoding in ENCODINGS.values() if encoding.name != "png"]


def names(encoding: Encoding) -> str:
    return encoding.name


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=names)
def test_a_file_that_is_short_enough_has_its_usual_quality(encoding: Encoding) -> None:
    usual = encode(NOISE, encoding, encoding.quality)
    assert encode_within(NOISE, encoding, None, b"") == usual
    assert encode_within(NOISE, encoding, len(usual), b"") == usual


@pytest.mark.parametrize("encoding", LOSSY, ids=names)
def test_a_file_that_is_too_long_gets_the_best_quality_that_fits(encoding: Encoding) -> None:
    fits, best = encoding.quality - 13, encode(NOISE, encoding, encoding.quality)
    ceiling = len(encode(NOISE, encoding, fits))
    found = encode_within(NOISE, encoding, ceiling, b"")
    assert len(found) <= ceiling < len(best)
    assert len(found) >= 0.97 * ceiling


@pytest.mark.parametrize("encoding", LOSSY, ids=names)
def test_a_ceiling_that_cannot_be_met_gives_the_smallest_file(encoding: Encoding) -> None:
    assert encode_within(NOISE, encoding, 1, b"") == encode(NOISE, encoding, encoding.least)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_png_that_is_too_long_keeps_its_size_and_loses_colours(mode: str) -> None:
    pixels = NOISE.convert(mode)
    usual = encode(pixels, ENCODINGS["png"], 100)
    found = encode_within(pixels, ENCODINGS["png"], len(usual) // 2, b"")
    assert len(found) <= len(usual) // 2
    assert opened(found).size == NOISE.size
    assert len(opened(found).convert("RGBA").getcolors(1000) or []) <= 256


def test_a_png_is_compressed_harder_before_it_loses_colours() -> None:
    pixels = Image.linear_gradient("L").resize((300, 300)).convert("RGB")
    usual = encode(pixels, ENCODINGS["png"], 100)
    found = encode_within(pixels, ENCODINGS["png"], len(usual) - 1, b"")
    assert len(found) < len(usual)
    assert opened(found).tobytes() == pixels.tobytes()
