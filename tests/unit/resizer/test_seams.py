import numpy as np
from PIL import Image, ImageDraw

from services.resizer.seams import seams

SIZE = (96, 54)


def picture(*boxes: tuple[int, int, int, int]) -> Image.Image:
    image = Image.new("RGB", SIZE, (120, 160, 200))
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=(90, 60, 40))
    return image


def warm(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    heat = np.zeros(SIZE[::-1])
    heat[top:bottom, left:right] = 1
    return np.asarray(heat / heat.sum())


def test_a_row_through_the_faint_end_of_a_thing_has_a_seam_and_the_next_has_none() -> None:
    balloon, basket = (40, 10, 55, 29), (45, 30, 50, 33)
    found = seams(picture(balloon, basket), warm(40, 10, 56, 30))
    assert found.rows[32] > 0.5
    assert found.rows[34:].max() == 0
    assert found.columns[42] > 0.5
    assert found.columns[:39].max() == found.columns[57:].max() == 0


def test_what_is_far_from_all_that_matters_has_no_seam() -> None:
    found = seams(picture((40, 10, 55, 20), (40, 40, 55, 50)), warm(40, 10, 56, 20))
    assert found.rows[40:].max() == 0


def test_a_picture_of_a_single_pixel_has_no_seams() -> None:
    found = seams(Image.new("RGB", (1, 1)), np.zeros((1, 1)))
    assert (found.rows.tolist(), found.columns.tolist()) == ([0], [0])
