from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw

from services.resizer.attention import look_at
from services.resizer.crop import Box
from services.resizer.detectors import open_faces
from tests.unit.resizer.pictures import BLUE, RED


def spotted(mode: str = "RGB") -> Image.Image:
    """A red spot on blue, on the right."""
    image = Image.new("RGB", (1200, 800), BLUE)
    ImageDraw.Draw(image).ellipse((900, 300, 1100, 500), fill=RED)
    return image.convert(mode)


def one_on_the_left(picture: Image.Image) -> Sequence[Box]:
    """Say that there is a face in the upper left."""
    side = picture.width // 5
    return [Box(x=side // 2, y=side // 2, width=side, height=side)]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBa"])
def test_all_attention_together_is_one(mode: str) -> None:
    image = spotted("RGBA").convert(mode) if mode == "RGBa" else spotted(mode)
    heat = look_at(image).heat
    assert heat.shape == (64, 96)
    assert heat.sum() == pytest.approx(1)
    assert heat[:, 70:90].sum() > 0.8


def test_a_flat_picture_asks_for_none() -> None:
    assert look_at(Image.new("RGB", (500, 500), RED)).heat.sum() == 0


def test_a_face_takes_most_attention_and_all_of_a_flat_picture() -> None:
    assert look_at(spotted(), one_on_the_left).heat[:32, :40].sum() == pytest.approx(0.75, abs=0.02)
    flat = look_at(Image.new("RGB", (600, 600), RED), one_on_the_left)
    assert flat.heat.sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (5, 4)])
def test_any_master_can_be_looked_at(size: tuple[int, int]) -> None:
    assert look_at(Image.new("RGB", size, RED), open_faces()).heat.sum() == 0
