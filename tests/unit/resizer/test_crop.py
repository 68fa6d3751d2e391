import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.resizer.crop import CENTRE, Box, Focus, Size, choose_box

sides = st.integers(1, 12_000)
sizes = st.builds(Size, width=sides, height=sides)
fractions = st.floats(0, 1)


@given(sizes, sizes, st.builds(Focus, x=fractions, y=fractions))
def test_the_box_is_inside_the_image(image: Size, target: Size, focus: Focus) -> None:
    left, upper, right, lower = choose_box(image, target, focus).edges
    assert 0 <= left < right <= image.width
    assert 0 <= upper < lower <= image.height


@given(sizes, sizes)
def test_the_box_is_as_large_as_the_image_allows(image: Size, target: Size) -> None:
    box = choose_box(image, target)
    assert box.width == image.width or box.height == image.height


@given(sizes, sizes)
def test_the_box_has_the_shape_of_the_target_within_a_pixel(image: Size, target: Size) -> None:
    box = choose_box(image, target)
    off_in_width = abs(box.width - box.height * target.width / target.height)
    off_in_height = abs(box.height - box.width * target.height / target.width)
    assert min(off_in_width, off_in_height) < 1


@given(sizes, sizes)
def test_without_a_focus_the_box_is_centred(image: Size, target: Size) -> None:
    box = choose_box(image, target, CENTRE)
    assert abs(box.x - (image.width - box.width - box.x)) <= 1
    assert abs(box.y - (image.height - box.height - box.y)) <= 1


@pytest.mark.parametrize(
    ("image", "target", "focus", "box"),
    [
        ((1536, 1024), (1080, 1080), (0.5, 0.5), (256, 0, 1024, 1024)),
        ((1536, 1024), (1080, 1920), (0.5, 0.5), (480, 0, 576, 1024)),
        ((1024, 1024), (1500, 500), (0.5, 0.5), (0, 342, 1024, 341)),
        ((1536, 1024), (1080, 1080), (0.0, 0.5), (0, 0, 1024, 1024)),
        ((1536, 1024), (1080, 1080), (1.0, 1.0), (512, 0, 1024, 1024)),
        ((1536, 1024), (1080, 1080), (0.4, 0.1), (102, 0, 1024, 1024)),
        ((1, 5000), (1500, 500), (0.5, 0.5), (0, 2500, 1, 1)),
        ((1000, 1500), (1000, 1500), (0.5, 0.5), (0, 0, 1000, 1500)),
    ],
)
def test_the_box_goes_where_the_focus_is(
    image: tuple[int, int],
    target: tuple[int, int],
    focus: tuple[float, float],
    box: tuple[int, int, int, int],
) -> None:
    chosen = choose_box(
        Size(width=image[0], height=image[1]),
        Size(width=target[0], height=target[1]),
        Focus(x=focus[0], y=focus[1]),
    )
    assert chosen == Box(x=box[0], y=box[1], width=box[2], height=box[3])
