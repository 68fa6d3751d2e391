from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.generator.web.waits import wait_seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "86400"}, 900.0),
        ({"retry-after": "inf"}, 900.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        ({"retry-after-ms": "4000"}, 4.0),
        ({"retry-after-ms": "4200", "retry-after": "5"}, 4.2),
        ({"retry-after-ms": "soon", "retry-after": "5"}, 5.0),
        ({"x-ms-retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "26s"}, 26.0),
        ({"x-ratelimit-reset-requests": "1m30s"}, 90.0),
        ({"x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-reset": "12"}, 12.0),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "6s",
                "x-ratelimit-remaining-tokens": "900",
                "x-ratelimit-reset-tokens": "1h",
            },
            6.0,
        ),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_each_spelling_and_capped(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert wait_seconds(headers) == pytest.approx(seconds)


def test_a_wait_may_be_a_date_or_a_moment() -> None:
    at = datetime.now(UTC) + timedelta(seconds=60)
    date, moment = format_datetime(at, usegmt=True), str(at.timestamp())
    for headers in ({"retry-after": date}, {"x-ratelimit-reset": moment}, {"retry-after": moment}):
        assert wait_seconds(headers) == pytest.approx(60, abs=5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit reached. Please try again in 12s. Visit", 12.0),
        ("Please retry after 26 seconds.", 26.0),
        ("Please try again in 350ms.", 0.35),
        ("Try again in 2 minutes", 120.0),
        ("Try again later", None),
    ],
)
def test_a_wait_may_stand_in_the_words_alone(text: str, seconds: float | None) -> None:
    assert wait_seconds({}, text) == pytest.approx(seconds)
