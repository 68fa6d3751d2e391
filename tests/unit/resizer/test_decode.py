import struct
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from services.common.errors import InvalidRequest
from services.resizer.decode import decode
from tests.unit.resizer.pictures import (
    BLUE,
    GREEN,
    P3_PRIMARIES,
    RED,
    SRGB_CURVE,
    YELLOW,
    chunk,
    close,
    grey_profile,
    png,
    profile,
    quadrants,
    saved,
)

ORIENTATION = 0x0112


def read(data: bytes, *, keep_alpha: bool = False, max_pixels: int = 100_000) -> Image.Image:
    return decode(BytesIO(data), max_pixels, keep_alpha)


def exif(orientation: int) -> Image.Exif:
    values = Image.Exif()
    values[ORIENTATION] = orientation
    return values


def first_pixel(image: Image.Image) -> object:
    return image.getpixel((0, 0))


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_each_format_is_read(name: str) -> None:
    image = read(saved(quadrants(40, 24), name))
    assert (image.mode, image.size) == ("RGB", (40, 24))
    assert close(first_pixel(image), RED)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (1, (RED, GREEN, BLUE, YELLOW)),
        (2, (GREEN, RED, YELLOW, BLUE)),
        (3, (YELLOW, BLUE, GREEN, RED)),
        (4, (BLUE, YELLOW, RED, GREEN)),
        (5, (RED, BLUE, GREEN, YELLOW)),
        (6, (BLUE, RED, YELLOW, GREEN)),
        (7, (YELLOW, GREEN, BLUE, RED)),
        (8, (GREEN, YELLOW, RED, BLUE)),
        (9, (RED, GREEN, BLUE, YELLOW)),
    ],
)
def test_the_master_is_turned_upright(
    name: str, orientation: int, corners: tuple[tuple[int, int, int], ...]
) -> None:
    image = read(saved(quadrants(48, 32), name, exif=exif(orientation)))
    assert image.size == ((32, 48) if 5 <= orientation <= 8 else (48, 32))
    right, lower = image.width - 4, image.height - 4
    found = [image.getpixel(point) for point in ((4, 4), (right, 4), (4, lower), (right, lower))]
    assert all(close(one, other, 12) for one, other in zip(found, corners, strict=True))


@pytest.mark.parametrize("name", ["JPEG", "WEBP"])
def test_an_orientation_of_xmp_turns_nothing_as_in_a_browser(name: str) -> None:
    packet = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    image = read(saved(quadrants(40, 24), name, xmp=packet))
    assert image.size == (40, 24)
    assert close(first_pixel(image), RED)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_ignored() -> None:
    assert read(saved(quadrants(8, 8), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")).size == (
        8,
        8,
    )


def test_nothing_but_pixels_is_left() -> None:
    profiled = saved(quadrants(8, 8), exif=exif(3), icc_profile=profile(P3_PRIMARIES, *SRGB_CURVE))
    assert read(profiled).info == {}


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (Image.new("1", (4, 4), 1), (255, 255, 255)),
        (Image.new("L", (4, 4), 77), (77, 77, 77)),
        (Image.new("I;16", (4, 4), 0x4D80), (77, 77, 77)),
        (Image.new("P", (4, 4), 0), (0, 0, 0)),
        (quadrants(4, 4).quantize(16), RED),
    ],
    ids=["1 bit", "grey", "16 bit grey", "palette", "palette of colours"],
)
def test_every_kind_of_png_becomes_rgb(image: Image.Image, colour: tuple[int, int, int]) -> None:
    decoded = read(saved(image))
    assert decoded.mode == "RGB"
    assert first_pixel(decoded) == colour


def test_16_bit_colours_are_scaled() -> None:
    row = b"\0" + struct.pack(">3H", 0xFFFF, 0x8000, 0x00FF)
    assert first_pixel(read(png(1, 1, depth=16, colour_type=2, rows=row))) == (255, 128, 0)


def test_cmyk_becomes_rgb() -> None:
    cyan = saved(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG")
    assert close(first_pixel(read(cyan)), (0, 255, 255))


def half_transparent() -> Image.Image:
    return Image.new("RGBA", (4, 4), (200, 0, 0, 128))


def test_transparency_is_laid_on_white_where_it_cannot_be_kept() -> None:
    image = read(saved(half_transparent()), keep_alpha=False)
    assert image.mode == "RGB"
    assert close(first_pixel(image), (227, 127, 127), 1)


def test_transparency_is_kept_where_it_can_be() -> None:
    image = read(saved(half_transparent()), keep_alpha=True)
    assert image.mode == "RGBa"
    assert close(first_pixel(image.convert("RGBA")), (200, 0, 0, 128), 1)


def test_a_transparent_colour_of_a_palette_is_transparent() -> None:
    image = read(saved(Image.new("P", (4, 4), 0), transparency=0), keep_alpha=True)
    assert first_pixel(image) == (0, 0, 0, 0)


def test_alpha_that_hides_nothing_is_dropped() -> None:
    assert read(saved(Image.new("RGBA", (4, 4), RED)), keep_alpha=True).mode == "RGB"


@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_an_animation_shows_its_first_frame(name: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, GREEN, BLUE)]
    animation = saved(frames[0], name, save_all=True, append_images=frames[1:], duration=50)
    assert close(first_pixel(read(animation)), RED)


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


GREY = np.linspace(0, 255, 64).astype("u1").reshape(8, 8)


def grey_png(depth: int, *chunks: bytes) -> bytes:
    """Return GREY as a PNG of so many bits, with more chunks."""
    values = GREY.astype("u2") * 257 >> (16 - depth)
    if depth == 16:
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    else:
        bits = [np.unpackbits(row.astype("u1")[:, None], axis=1)[:, -depth:] for row in values]
        rows = b"".join(b"\0" + np.packbits(row.ravel()).tobytes() for row in bits)
    return png(8, 8, depth=depth, colour_type=0, rows=rows, chunks=chunks)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_transparent_grey_is_transparent_at_every_depth(depth: int) -> None:
    level = int(GREY[-1, -1]) * 257 >> (16 - depth)
    image = read(grey_png(depth, chunk(b"tRNS", struct.pack(">H", level))), keep_alpha=True)
    alpha = np.asarray(image.convert("RGBA").getchannel("A"))
    assert alpha[-1, -1] == 0
    assert alpha[0, 0] == 255


def test_only_the_very_grey_of_16_bits_is_transparent() -> None:
    row = b"\0" + struct.pack(">2H", 0x8080, 0x8081)
    data = png(2, 1, depth=16, colour_type=0, rows=row, chunks=[chunk(b"tRNS", b"\x80\x80")])
    alpha = read(data, keep_alpha=True).convert("RGBA").getchannel("A")
    assert [alpha.getpixel((x, 0)) for x in (0, 1)] == [0, 255]


def test_a_transparent_colour_of_16_bits_is_transparent() -> None:
    row = b"\0" + struct.pack(">6H", 0x8080, 0x4040, 0x2020, 0, 0, 0)
    colour = struct.pack(">3H", 0x8080, 0x4040, 0x2020)
    data = png(2, 1, depth=16, colour_type=2, rows=row, chunks=[chunk(b"tRNS", colour)])
    alpha = read(data, keep_alpha=True).convert("RGBA").getchannel("A")
    assert [alpha.getpixel((x, 0)) for x in (0, 1)] == [0, 255]


@pytest.mark.parametrize("mode", ["L", "LA", "I;16", "see-through"])
def test_a_profile_of_greys_counts_whatever_else_the_file_holds(mode: str) -> None:
    linear = grey_profile(1.0)
    if mode == "see-through":
        data = saved(Image.new("L", (4, 4), 128), icc_profile=linear, transparency=9)
    else:
        colour = {"L": 128, "LA": (128, 255), "I;16": 128 * 257}[mode]
        data = saved(Image.new(mode, (4, 4), colour), icc_profile=linear)  # type: ignore[arg-type]
    assert close(first_pixel(read(data)), (188, 188, 188), 2)


def test_the_first_picture_of_a_file_of_two_is_read() -> None:
    second = Image.new("RGB", (8, 8), BLUE)
    data = saved(quadrants(40, 24), "MPO", save_all=True, append_images=[second])
    image = read(data)
    assert image.size == (40, 24)
    assert close(first_pixel(image), RED)


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
