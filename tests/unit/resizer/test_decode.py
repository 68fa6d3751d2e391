import pytest
from PIL import Image

from tests.unit.resizer.decoding import exif, first_pixel, read
from tests.unit.resizer.pictures import (
    BLUE,
    GREEN,
    P3_PRIMARIES,
    RED,
    SRGB_CURVE,
    YELLOW,
    close,
    profile,
    quadrants,
    saved,
)


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


@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_an_animation_shows_its_first_frame(name: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, GREEN, BLUE)]
    animation = saved(frames[0], name, save_all=True, append_images=frames[1:], duration=50)
    assert close(first_pixel(read(animation)), RED)


def test_the_first_picture_of_a_file_of_two_is_read() -> None:
    second = Image.new("RGB", (8, 8), BLUE)
    data = saved(quadrants(40, 24), "MPO", save_all=True, append_images=[second])
    image = read(data)
    assert image.size == (40, 24)
    assert close(first_pixel(image), RED)
