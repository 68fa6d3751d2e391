import numpy as np
import pytest
from PIL import Image, ImageDraw

from services.resizer.saliency import saliency
from tests.unit.resizer.composed import compositions
from tests.unit.resizer.grounds import GROUNDS
from tests.unit.resizer.pictures import BLUE, RED
from tests.unit.resizer.subjects import SUBJECTS

SMALL = (96, 54)


@pytest.mark.parametrize("colour", [RED, (0, 0, 0), (255, 255, 255)])
def test_nothing_stands_out_of_one_colour(colour: tuple[int, int, int]) -> None:
    assert not saliency(Image.new("RGB", SMALL, colour)).any()


def test_a_spot_of_another_colour_stands_out_where_it_is() -> None:
    image = Image.new("RGB", SMALL, BLUE)
    ImageDraw.Draw(image).ellipse((60, 10, 80, 30), fill=RED)
    heat = saliency(image)
    assert heat.shape == (54, 96)
    assert heat[10:31, 60:81].sum() > 0.8 * heat.sum()


@pytest.mark.parametrize("size", [(1, 1), (2, 96), (96, 1), (96, 3)])
def test_any_shape_has_a_map(size: tuple[int, int]) -> None:
    heat = saliency(Image.linear_gradient("L").resize(size).convert("RGB"))
    assert heat.shape == (size[1], size[0])
    assert np.isfinite(heat).all()


def test_the_subject_is_denser_than_the_background_in_nearly_every_picture() -> None:
    pictures = list(compositions(seed=3, count=len(GROUNDS) * len(SUBJECTS)))
    clear = 0
    for picture in pictures:
        small = picture.image.resize((picture.image.width // 4, picture.image.height // 4))
        heat = saliency(small)
        left, top, right, bottom = (round(edge / 4) for edge in picture.subject.edges)
        inside = heat[top:bottom, left:right]
        clear += bool(inside.mean() > 3 * heat.mean())
    assert clear / len(pictures) > 0.85
