import numpy as np

from services.resizer.things import figures, things


def heat_of(*columns: float) -> "np.typing.NDArray[np.float64]":
    """A map whose columns are so warm."""
    return np.tile(np.asarray(columns, dtype=np.float64), (3, 1))


def test_what_stands_apart_is_a_thing_of_its_own() -> None:
    found = things(heat_of(0, 1, 1, 0, 0, 0, 0, 3, 3, 0))
    assert [(one.start, one.end) for one in found] == [(0.1, 0.3), (0.7, 0.9)]
    assert [round(one.weight, 2) for one in found] == [0.25, 0.75]


def test_the_bands_of_a_tower_are_one_thing() -> None:
    (tower,) = things(heat_of(0, 0, 1, 1, 0, 1, 1, 0, 1, 1))
    assert (tower.start, tower.end) == (0.2, 1)


def test_faint_ends_belong_to_a_thing_and_specks_are_none() -> None:
    (thing,) = things(heat_of(0.01, 0, 0.2, 1, 1, 0.2, 0, 0, 0.09, 0))
    assert (thing.start, thing.end) == (0.2, 0.6)


def test_a_narrow_end_belongs_to_a_thing() -> None:
    heat = heat_of(0, 0, 1, 1, 1, 0)
    heat[1:, 2] = heat[:2, 4] = 0
    (thing,) = things(np.vstack([heat] * 1))
    assert (thing.start, thing.end) == (2 / 6, 5 / 6)


def test_nothing_is_found_where_nothing_matters() -> None:
    assert not things(np.zeros((4, 9)))


def stretches(heat: "np.typing.NDArray[np.float64]") -> list[tuple[float, float]]:
    return sorted((one.start, one.end) for one in figures(heat))


def test_figures_beside_each_other_are_told_apart() -> None:
    heat = np.zeros((20, 10))
    heat[2:6, 1:3], heat[8:18, 3:9] = 1, 1
    assert stretches(heat) == [(0.1, 0.3), (0.3, 0.9)]
    (whole,) = things(heat)
    assert (whole.start, whole.end) == (0.1, 0.9)


def test_the_bands_of_a_tower_are_one_figure() -> None:
    heat = np.zeros((20, 10))
    heat[8:12, 1:3] = heat[8:12, 4:6] = heat[7:13, 7:9] = 1
    assert stretches(heat) == [(0.1, 0.9)]


def test_a_figure_is_what_hangs_together_whatever_its_shape() -> None:
    heat = np.zeros((9, 10))
    heat[1, 1:9] = heat[7, 1:9] = heat[1:8, 8] = 1
    assert stretches(heat) == [(0.1, 0.9)]


def test_specks_are_no_figures_and_nothing_has_none() -> None:
    heat = np.zeros((20, 10))
    heat[0, 0], heat[8:18, 3:9] = 0.5, 1
    assert stretches(heat) == [(0.3, 0.9)]
    assert not figures(np.zeros((20, 10)))
