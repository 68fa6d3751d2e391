"""The PNG files that the stand-in writes by itself."""

import io

import pytest
from PIL import Image

from deploy.local.standin.painter.painting import paint
from deploy.local.standin.painter.png import png


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(160, 256), (7, 1), (1, 7), (1, 1)])
def test_every_pixel_is_read_back_as_it_was(mode: str, size: tuple[int, int]) -> None:
    picture = paint("A mill on a hill", 256, 256, "low").resize(size).convert(mode)
    with Image.open(io.BytesIO(png(picture))) as read:
        assert (read.format, read.mode, read.size) == ("PNG", mode, size)
        assert read.tobytes() == picture.tobytes()


def test_a_picture_is_packed_nearly_as_small_as_by_pillow() -> None:
    picture = paint("A lighthouse in a storm", 512, 512, "low")
    by_pillow = io.BytesIO()
    picture.save(by_pillow, "PNG", compress_level=1)
    assert len(png(picture)) < 1.2 * by_pillow.tell()
