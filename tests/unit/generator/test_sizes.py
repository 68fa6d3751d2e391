import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.generator.sizes import SQUARE, FreeSizes, ListedSizes, RatioSizes, Shape, loss

BUDGET = 1536 * 1024
STANDARD = ListedSizes((SQUARE, Shape(width=1536, height=1024), Shape(width=1024, height=1536)))
FREE = FreeSizes(step=16, max_ratio=3.0, max_edge=3840, min_pixels=655_360, max_pixels=8_294_400)
EDGES = st.integers(1, 8192)
SHAPES = st.builds(lambda width, height: Shape(width=width, height=height), EDGES, EDGES)
TARGETS = st.lists(SHAPES, min_size=1, max_size=32)
BUDGETS = st.integers(1024 * 1024, 20_000_000)


def shape(size: str) -> Shape:
    width, height = size.split("x")
    return Shape(width=int(width), height=int(height))


@pytest.mark.parametrize(
    ("targets", "master"),
    [
        ("1080x1080", "1088x1088"),  # nothing enlarged, nothing larger than needed
        ("1280x720", "1280x720"),
        ("820x312", "1328x512"),  # the smallest that a model paints
        ("1080x1920", "944x1664"),  # the budget binds
        ("10x8000", "720x2160"),  # beyond 1:3 there is nothing
        ("1080x1080 1080x1920 1200x675 1200x630", "1248x1248"),
    ],
)
def test_the_size_fits_the_targets(targets: str, master: str) -> None:
    wanted = [shape(target) for target in targets.split()]
    assert FREE.best(wanted, BUDGET) == shape(master)


def test_of_a_list_the_size_of_least_loss_is_taken() -> None:
    assert STANDARD.best([shape("1500x500")], BUDGET) == shape("1536x1024")


@given(TARGETS, BUDGETS)
def test_every_size_is_one_that_the_model_takes(targets: list[Shape], budget: int) -> None:
    size = FREE.best(targets, budget)
    assert size.width % 16 == size.height % 16 == 0
    assert 655_360 <= size.pixels <= min(budget, 8_294_400)
    assert max(size.width, size.height) <= 3840
    assert max(size.width, size.height) <= 3 * min(size.width, size.height)


@given(TARGETS)
def test_no_standard_size_within_the_budget_loses_less(targets: list[Shape]) -> None:
    size = FREE.best(targets, BUDGET)
    # A master as large as needed misses the exact ratio by up to half a step of the model's grid.
    assert loss(size, targets) <= min(loss(other, targets) for other in STANDARD.sizes) + 0.03


@given(TARGETS, st.integers(0, 2**32))
def test_the_order_of_the_targets_does_not_matter(targets: list[Shape], seed: int) -> None:
    turned = sorted(targets, key=lambda target: hash((seed, target)))
    assert FREE.best(turned, BUDGET) == FREE.best(targets, BUDGET)


@given(SHAPES, SHAPES)
def test_a_loss_is_between_nothing_and_two(master: Shape, target: Shape) -> None:
    assert 0 <= loss(master, [target]) <= 2


@given(SHAPES)
def test_cutting_the_same_shape_loses_nothing(target: Shape) -> None:
    assert loss(target, [target]) == 0


def test_a_crop_and_an_enlargement_each_count() -> None:
    assert loss(SQUARE, [shape("1024x512")]) == 0.5
    assert loss(SQUARE, [shape("2048x2048")]) == 0.75


RATIOS = RatioSizes(ratios=("1:1", "16:9", "9:16"), pixels=1024 * 1024)


@pytest.mark.parametrize(
    ("target", "ratio"), [("1200x630", "16:9"), ("1080x1920", "9:16"), ("1080x1080", "1:1")]
)
def test_of_ratios_the_one_of_least_loss_is_named(target: str, ratio: str) -> None:
    assert RATIOS.name(RATIOS.best([shape(target)], BUDGET)) == ratio


def test_a_size_between_two_ratios_has_the_name_of_the_nearer() -> None:
    assert RATIOS.name(shape("1040x1000")) == "1:1"
