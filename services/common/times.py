"""Moments as RFC 3339 writes them, which is how callers name a time."""

import re
from datetime import UTC, datetime

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
_OFFSET = r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
MOMENT = re.compile(rf"{_DATE}[Tt]{_CLOCK}{_OFFSET}")
"""What a moment looks like, and the same in words:"""
MOMENT_RULE = "must be a time such as 2026-11-26T12:00:00Z; in an address, + is written %2B"

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def moment_of(text: str) -> datetime | None:
    """Return the moment in UTC; None for text in another form, and for a day that no month has.

    Digits beyond a microsecond are cut off. A moment that lies outside the years 1 to 9999 in UTC
    becomes the first or the last one inside.
    """
    if not MOMENT.fullmatch(text):
        return None
    try:
        local = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return _FIRST if local.year == 1 else _LAST
