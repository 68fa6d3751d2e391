import numpy as np

from services.resizer.things import things


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
