from itertools import product

import numpy as np
import pytest
from PIL import Image, ImageChops

from services.common.platforms import PLATFORMS
from services.common.targets import Platform
from services.resizer.crop import Area, Box
from services.resizer.label import put_label

SIDES = (16, 31, 320)
AA_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""


def labelled(
    size: tuple[int, int], colour: str, mode: str = "RGB", covered: tuple[Area, ...] = ()
) -> tuple[Image.Image, Box]:
    """Return a labelled picture of one colour, and where its label is."""
    plain = Image.new(mode, size, colour)
    picture = plain.copy()
    put_label(picture, covered)
    found = ImageChops.difference(picture.convert("RGB"), plain.convert("RGB")).getbbox()
    assert found
    left, upper, right, lower = found
    return picture, Box(x=left, y=upper, width=right - left, height=lower - upper)


def luminance(levels: np.ndarray) -> np.ndarray:
    """Return relative luminances (WCAG 2.2)."""
    values = levels / 255
    linear = np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colour", ["white", "black", "#808080", "#ff0000", "#ffff00", "#0000ff"])
@pytest.mark.parametrize("size", [(300, 200), (1080, 1920)])
def test_its_letters_stand_out_from_their_ground_on_any_picture(
    size: tuple[int, int], colour: str
) -> None:
    picture, box = labelled(size, colour)
    inner = np.asarray(picture.crop(box.edges))[2:-2, 4:-4].reshape(-1, 3)
    bright = luminance(inner)
    ink, ground = np.quantile(bright, 0.99), np.quantile(bright, 0.3)
    assert (ink + 0.05) / (ground + 0.05) > AA_CONTRAST


@pytest.mark.parametrize("size", [*product(SIDES, SIDES), (16, 4096), (4096, 4096)])
@pytest.mark.parametrize("colour", ["white", "black"])
def test_it_is_on_every_size_and_covers_little_of_a_large_one(
    size: tuple[int, int], colour: str
) -> None:
    _, box = labelled(size, colour)
    assert min(box.width, box.height) >= 7
    if min(size) >= 300:
        assert box.width * box.height < 0.01 * size[0] * size[1]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_no_platform_covers_it(platform: Platform) -> None:
    hidden = tuple(
        Area(left=a.left, top=a.top, right=a.right, bottom=a.bottom) for a in platform.covered
    )
    size = platform.width, platform.height
    _, box = labelled(size, "white", covered=hidden)
    left, upper, right, lower = box.edges
    for area in hidden:
        beside = right <= area.left * size[0] or left >= area.right * size[0]
        assert beside or lower <= area.top * size[1] or upper >= area.bottom * size[1]


def test_it_is_in_the_lower_right_corner_unless_that_is_covered() -> None:
    corner = Area(left=0.7, top=0.7, right=1, bottom=1)
    assert labelled((400, 400), "white")[1].x > 300
    _, box = labelled((400, 400), "white", covered=(corner,))
    assert (box.x > 300) != (box.y > 300)


def test_a_rendition_that_is_covered_all_over_is_labelled_all_the_same() -> None:
    everything = Area(left=0, top=0, right=1, bottom=1)
    assert labelled((400, 400), "white", covered=(everything,))[1].width


def test_it_is_opaque_where_the_picture_is_not() -> None:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    put_label(picture)
    assert picture.getchannel("A").getextrema() == (0, 255)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
