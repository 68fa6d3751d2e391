"""The limits of one API key, in place of those that the settings give to every caller.

They are written as NAME=VALUE, such as `requests=1000/hour+jobs=200/hour+inFlight=50+budgetUsd=20`.
`per=key`, the default, counts all users of the key together, `per=user` each of them apart. A
request that names no user, such as one for a single job, counts for the key in either case.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.jobs.moving_window import Policy

_PER = ("key", "user")
_MOST_IN_FLIGHT, _MOST_USD = 10**9, 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyLimits:
    """What one key may do. None stands for the limit of the settings."""

    requests: Policy | None = None
    jobs: Policy | None = None
    in_flight: int | None = None
    budget_usd: float | None = None
    per: str = _PER[0]

    @property
    def per_user(self) -> bool:
        """Whether each user of the key is counted apart."""
        return self.per == _PER[1]

    @property
    def together(self) -> "KeyLimits":
        """The limits that all users of the key share."""
        return KeyLimits() if self.per_user else self

    @property
    def budget_micros(self) -> int:
        """The budget for a month in millionths of a US dollar, 0 without one."""
        return math.ceil((self.budget_usd or 0) * 1e6)

    def in_flight_of_user(self, usual: int) -> int:
        """Return how many jobs each user may have in flight, where others have `usual`.

        What all users share may also be had by one of them alone.
        """
        own = self.in_flight or usual
        return own if self.per_user else max(own, usual)

    def budget_of_user(self, usual_micros: int) -> int:
        """Return the same for the budget, where others have `usual_micros`, or 0 for none."""
        own = self.budget_micros or usual_micros
        return own if self.per_user else usual_micros and max(own, usual_micros)


def limits_from_text(text: str) -> KeyLimits:
    """Return the limits of one `name=value+name=value`. Raises ValueError."""
    pairs = [part.partition("=") for part in text.split("+")]
    if not all(equals for _, equals, _ in pairs):
        raise ValueError("limits are written name=value+name=value")
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise ValueError("a limit is given twice")
    return limits_from({name: value for name, _, value in pairs})


def limits_from(raw: Mapping[str, Any]) -> KeyLimits:
    """Return the limits that are given by name, as texts or as JSON has them. Raises ValueError."""
    if unknown := raw.keys() - _READ.keys():
        raise ValueError(
            f"{min(unknown)} is not a limit that a key can have; there are {', '.join(_READ)}"
        )
    found: dict[str, Any] = {}
    for name, value in raw.items():
        field, read = _READ[name]
        try:
            found[field] = read(str(value))
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    return KeyLimits(**found)


def limits_to_text(limits: KeyLimits) -> str:
    """Return the limits as `limits_from_text` reads them, "" when there are none."""
    return "+".join(f"{name}={value}" for name, value in limits_to_json(limits).items())


def limits_to_json(limits: KeyLimits) -> Mapping[str, Any]:
    """Return the limits that are given, by name."""
    usual, shown = KeyLimits(), {}
    for name, (field, _) in _READ.items():
        if (value := getattr(limits, field)) != getattr(usual, field):
            shown[name] = value.text if isinstance(value, Policy) else value
    return shown


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= _MOST_IN_FLIGHT):
        raise ValueError("must be a whole number from 1")
    return int(text)


def _money(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 < amount <= _MOST_USD:
        raise ValueError("must be an amount above 0")
    return amount


def _per(text: str) -> str:
    if text not in _PER:
        raise ValueError(f"must be {' or '.join(_PER)}")
    return text


_READ = {
    "requests": ("requests", Policy.parse),
    "jobs": ("jobs", Policy.parse),
    "inFlight": ("in_flight", _count),
    "budgetUsd": ("budget_usd", _money),
    "per": ("per", _per),
}
"""Each limit by its name: the field that holds it, and what reads it."""
