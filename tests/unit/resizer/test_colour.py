import pytest
from PIL import Image, ImageCms

from services.resizer.colour import to_srgb
from tests.unit.resizer.pictures import (
    ADOBE_PRIMARIES,
    BLUE,
    GREEN,
    P3_PRIMARIES,
    RED,
    SRGB_CURVE,
    SRGB_PRIMARIES,
    close,
    profile,
)

P3 = profile(P3_PRIMARIES, *SRGB_CURVE)
ADOBE = profile(ADOBE_PRIMARIES, 563 / 256)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    ("space", "given", "srgb"),
    [
        # sRGB's own primaries as CSS Color 4 and Adobe RGB (1998) write them.
        (P3, (234, 51, 35), RED),
        (P3, (117, 251, 76), GREEN),
        (P3, (0, 0, 245), BLUE),
        (ADOBE, (219, 0, 0), RED),
        (ADOBE, (144, 255, 60), GREEN),
        (ADOBE, (0, 0, 250), BLUE),
        (ADOBE, (128, 128, 128), (128, 128, 128)),
    ],
)
@pytest.mark.parametrize("alpha", [False, True])
def test_colours_of_another_space_come_out_as_srgb(
    space: bytes, given: tuple[int, int, int], srgb: tuple[int, int, int], alpha: bool
) -> None:
    mode, opacity = ("RGBA", (90,)) if alpha else ("RGB", ())
    image = to_srgb(Image.new(mode, (4, 4), (*given, *opacity)), space)
    assert image.mode == mode
    # Near black, one level of the given colour is worth several of the other space.
    assert close(image.getpixel((0, 0)), (*srgb, *opacity), 4)


@pytest.mark.parametrize(
    "space",
    [
        None,
        SRGB,
        b"",
        b"no profile",
        SRGB[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
    ids=["none", "srgb", "empty", "junk", "truncated", "of another space"],
)
def test_pixels_that_count_as_srgb_are_not_touched(space: bytes | None) -> None:
    image = Image.new("RGB", (4, 4), (200, 100, 50))
    assert to_srgb(image, space) is image
    assert image.getpixel((0, 0)) == (200, 100, 50)


@pytest.mark.parametrize(
    ("mode", "colour", "srgb"),
    [
        ("L", 90, (90, 90, 90)),
        ("CMYK", (0, 0, 0, 255), (0, 0, 0)),
        ("RGBA", (*RED, 9), (*RED, 9)),
    ],
)
def test_every_mode_becomes_rgb(mode: str, colour: object, srgb: tuple[int, ...]) -> None:
    image = to_srgb(Image.new(mode, (4, 4), colour), None)  # type: ignore[arg-type]
    assert image.getpixel((0, 0)) == srgb


def test_a_profile_with_the_primaries_of_srgb_still_brings_its_own_curve() -> None:
    linear = profile(SRGB_PRIMARIES, 1.0)
    image = to_srgb(Image.new("RGB", (4, 4), (55, 55, 55)), linear)
    assert close(image.getpixel((0, 0)), (128, 128, 128), 2)
