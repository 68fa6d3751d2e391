import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.site.ranges import Span, Unsatisfiable, wanted_span


@pytest.mark.parametrize(
    ("header", "offset", "length"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=90-", 90, 10),
        ("bytes=-10", 90, 10),
        ("bytes=-500", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=99-99", 99, 1),
        ("bytes=50-9999", 50, 50),
        ("Bytes= 5-6 ", 5, 2),
    ],
)
def test_one_range_of_bytes_is_what_it_says(header: str, offset: int, length: int) -> None:
    span = wanted_span(header, 100)
    assert span == Span(offset=offset, length=length, whole=100)
    assert span.words == f"bytes {offset}-{offset + length - 1}/100"


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "lines=0-9", "bytes=0-1,5-6"],
)
def test_anything_else_asks_for_the_whole_image(header: str) -> None:
    assert wanted_span(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", f"bytes={10**17}-"])
def test_a_range_behind_the_end_holds_nothing(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_span(header, 100)


@given(st.text() | st.from_regex(r"bytes=\d*-\d*", fullmatch=True), st.integers(1, 10**9))
def test_a_span_is_never_empty_and_never_outside(header: str, whole: int) -> None:
    try:
        span = wanted_span(header, whole)
    except Unsatisfiable:
        return
    if span:
        assert span.length >= 1
        assert 0 <= span.offset <= span.offset + span.length <= whole
