"""Files that are too large, broken or of another type are refused before they cost anything."""

import struct
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.common.errors import InvalidRequest
from tests.unit.resizer.decoding import exif, half_transparent, read
from tests.unit.resizer.pictures import P3_PRIMARIES, SRGB_CURVE, png, profile, quadrants, saved


def jpeg_that_claims(width: int, height: int) -> bytes:
    data = bytearray(saved(quadrants(16, 16), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_that_claims(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + canvas


@pytest.mark.parametrize(
    "bomb",
    [
        png(400, 251, depth=8, colour_type=2),
        png(10_000, 9_000, depth=8, colour_type=2),
        png(100_000, 100_000, depth=1, colour_type=0),
        png(2**31 - 1, 2**31 - 1, depth=16, colour_type=6),
        jpeg_that_claims(10_000, 9_000),
        jpeg_that_claims(65_000, 65_000),
        webp_that_claims(16_383, 16_383),
    ],
)
def test_too_many_pixels_are_refused_by_the_header_alone(bomb: bytes) -> None:
    with pytest.raises(InvalidRequest, match="at most 100000 pixels"):
        read(bomb)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = saved(quadrants(64, 64), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xc4") : -2]
    with pytest.raises(InvalidRequest, match="at most 100 scans"):
        read(data[:-2] + 200 * last_scan + data[-2:])


def test_as_many_pixels_as_allowed_are_read() -> None:
    assert read(saved(quadrants(400, 250))).size == (400, 250)


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        saved(quadrants(8, 8), "GIF"),
        saved(quadrants(8, 8), "BMP"),
        saved(quadrants(8, 8), "TIFF"),
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0",
    ],
)
def test_another_type_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match="must be a PNG, JPEG, WebP or AVIF file"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x24\0\0\0WEBPVP8 \x10\0\0\0",
        saved(quadrants(64, 64), "AVIF")[:-40],
        saved(quadrants(64, 64))[:-40],
        saved(quadrants(64, 64), "JPEG")[:-40],
        saved(quadrants(64, 64), "WEBP")[:-40],
        png(4, 4, depth=8, colour_type=2),
        png(0, 4, depth=8, colour_type=2),
        png(4, 4, depth=3, colour_type=2),
    ],
)
def test_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match="broken or incomplete"):
        read(data)


SAMPLES = [
    saved(quadrants(24, 16), exif=exif(6), icc_profile=profile(P3_PRIMARIES, *SRGB_CURVE)),
    saved(quadrants(24, 16).quantize(4), transparency=b"\0\x80\xff\xff"),
    saved(quadrants(24, 16), "JPEG", exif=exif(6), icc_profile=profile(P3_PRIMARIES, *SRGB_CURVE)),
    saved(quadrants(24, 16).convert("CMYK"), "JPEG", progressive=True),
    saved(quadrants(24, 16), "WEBP", exif=exif(6)),
    saved(half_transparent(), "WEBP", lossless=True),
]


@pytest.mark.filterwarnings("ignore")
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_file_is_either_read_or_refused(data: st.DataObject) -> None:
    file = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for position in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=6)):
        file[position] = data.draw(st.integers(0, 255))
    del file[data.draw(st.integers(0, len(file))) :]
    with suppress(InvalidRequest):
        assert read(bytes(file), keep_alpha=True).mode in ("RGB", "RGBa")
