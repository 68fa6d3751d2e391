"""Limits how many of something pass in any stretch of so many seconds, by Redis's clock.

The window moves: a caller who has used it up may go on once the oldest entry has left it. A fixed
window would let twice as many pass around its edge.
"""

import re
from dataclasses import dataclass
from typing import Self

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_FORM = re.compile(rf"(\d{{1,9}}) ?(?:/|per) ?([1-9]\d{{0,4}})? ?({'|'.join(_UNITS)})s?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """At most `amount` in any `seconds`, written like "100/15 minutes"."""

    text: str
    amount: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a policy. Raises ValueError."""
        form = _FORM.fullmatch(text.strip().lower())
        if not form:
            raise ValueError("must be one policy such as 100/15 minutes")
        if not int(form[1]):
            raise ValueError("must allow at least one")
        return cls(text=text, amount=int(form[1]), seconds=int(form[2] or 1) * _UNITS[form[3]])


def policy_mistake(text: str) -> str | None:
    """Check for settings that hold a policy."""
    try:
        Policy.parse(text)
    except ValueError as error:
        return str(error)
    return None
