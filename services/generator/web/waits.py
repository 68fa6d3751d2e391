"""Reads how long an image API asks us to wait, in every notation in use."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_SECONDS = 900.0
"""The longest pause: a provider that asks for more is called again after this one."""

_EPOCH = 1_000_000_000
"""More seconds than this are not a pause but a point in time."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LENGTH = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_WORDS = re.compile(
    r"(?:try|retry)(?:ing)? (?:again )?(?:in|after) (\d+(?:\.\d+)?) ?(ms|millisecond|s|m|h)",
    re.IGNORECASE,
)


def _milliseconds(text: str) -> float | None:
    number = _number(text)
    return None if number is None else number / 1000


def _seconds(text: str) -> float | None:
    """Read seconds, a moment in seconds of the epoch, a length such as 6m0s, or an HTTP date."""
    number = _number(text)
    if number is not None:
        return number - datetime.now(UTC).timestamp() if number > _EPOCH else number
    if _LENGTH.fullmatch(text):
        return sum(float(figure) * _UNITS[unit] for figure, unit in _PART.findall(text))
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


HEADERS: tuple[tuple[str, Callable[[str], float | None]], ...] = (
    ("retry-after-ms", _milliseconds),
    ("x-ms-retry-after-ms", _milliseconds),
    ("retry-after", _seconds),
)
"""Headers that name a pause; the first that can be read counts."""

RESETS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("x-ratelimit-remaining-images", "x-ratelimit-reset-images"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
)
"""What is left of a rate limit, and when it is replenished."""


def wait_seconds(headers: Mapping[str, str], text: str = "") -> float | None:
    """Return how long to wait, from the headers of an answer or else from its words; capped."""
    for seconds in _named(headers, text):
        if seconds is not None and not math.isnan(seconds) and seconds >= 0:
            return min(seconds, MAX_SECONDS)
    return None


def _named(headers: Mapping[str, str], text: str) -> Iterator[float | None]:
    for name, read in HEADERS:
        yield read(headers.get(name, "").strip())
    resets = [
        _seconds(headers[reset].strip())
        for left, reset in RESETS
        if reset in headers and _number(headers.get(left, "0").strip()) in (0, None)
    ]
    yield max((seconds for seconds in resets if seconds is not None), default=None)
    if found := _WORDS.search(text):
        unit = "ms" if found[2].lower().startswith("mi") else found[2].lower()
        yield float(found[1]) * _UNITS[unit]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
