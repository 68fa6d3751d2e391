from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.times import moment_of


@given(
    st.datetimes(timezones=st.sampled_from([UTC])),
    st.integers(-1439, 1439),
)
def test_a_moment_is_read_whatever_its_offset(moment: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    written = f"{moment:%Y-%m-%dT%H:%M:%S.%f}".rjust(26, "0") + offset
    read = moment_of(written)
    assert read is not None
    try:
        assert read == moment - timedelta(minutes=minutes)
    except OverflowError:
        assert read.year in (1, 9999)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-26",
        "2026-11-26 12:00:00Z",
        "2026-11-26T12:00:00",
        "2026-11-26T12:00:00 01:00",
        "2026-02-30T12:00:00Z",
        "2026-11-26T24:00:00Z",
        "2026-11-26T12:00:00Z\n",
        "1795412322751",
        "٢٠٢٦-11-26T12:00:00Z",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment_of(text) is None
