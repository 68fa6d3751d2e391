"""Every kind of colour and transparency becomes 8 bits of RGB, or of RGB with alpha."""

import struct

import numpy as np
import pytest
from PIL import Image

from tests.unit.resizer.decoding import first_pixel, half_transparent, read
from tests.unit.resizer.pictures import RED, chunk, close, grey_profile, png, quadrants, saved


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
