import pytest
from PIL import Image

from services.resizer.crop import Size
from services.resizer.mount import mount
from services.resizer.order import TRANSPARENT

SIZE = Size(width=40, height=20)


def behind(size: Size) -> Image.Image:
    raise AssertionError("what is behind a transparent background is not looked at")


@pytest.mark.parametrize("mode", ["RGB", "RGBa"])
def test_a_transparent_background_leaves_the_margins_clear(mode: str) -> None:
    picture = Image.new("RGB", (20, 20), (200, 10, 10)).convert("RGBA")
    picture = picture.convert(mode)
    found = mount(picture, SIZE, TRANSPARENT, behind)
    assert (found.mode, found.size) == ("RGBA", (40, 20))
    assert found.getpixel((2, 10)) == (0, 0, 0, 0)
    assert found.getpixel((20, 10)) == (200, 10, 10, 255)
