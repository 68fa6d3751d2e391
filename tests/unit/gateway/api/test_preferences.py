import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.api.preferences import wait_seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["wait=20"], 20),
        (["WAIT = 20"], 20),
        (['wait="20"'], 20),
        (['wait="2\\0"'], 20),
        (["wait=0"], 0),
        (["wait=26"], 25),
        (["wait=" + "9" * 500], 25),
        (["wait=" + "0" * 500 + "7"], 7),
        (["respond-async, wait=10"], 10),
        (["respond-async", "wait=10"], 10),
        (['foo="a, wait=3", wait=4'], 4),
        ([", ,wait=5,,"], 5),
        (["wait=5; strict; x=y"], 5),
        (["wait=5;;"], 5),
        (["wait=5, wait=9"], 5),
        (["wait=x, wait=9"], None),
        ([], None),
        (["wait"], None),
        (["wait="], None),
        (['wait=""'], None),
        (["wait=-1"], None),
        (["wait=1.5"], None),
        (["wait=1 2"], None),
        (["wait=٢"], None),
        (["await=5"], None),
        (['foo="open, wait=5'], None),
        (["wait=5" + "," * 2000], None),
    ],
)
def test_a_wait_is_read_as_the_rfc_writes_it(headers: list[str], seconds: int | None) -> None:
    assert wait_seconds(headers) == seconds


@given(st.lists(st.text(alphabet='wait=0123456789",; \\\t-', max_size=80), max_size=3))
def test_whatever_is_preferred_the_wait_has_its_bounds(headers: list[str]) -> None:
    assert wait_seconds(headers) in (None, *range(26))
