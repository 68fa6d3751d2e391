"""Purchases as the books know them: entered before the call to the image API, settled after it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.common.charge import Charge


def month_of(when: datetime) -> str:
    """Return the month as in "2026-11"."""
    return when.astimezone(UTC).isoformat()[: len("2026-11")]


def this_month() -> str:
    """Return the current month."""
    return month_of(datetime.now(UTC))


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """A purchase that is about to begin.

    `master` counts the job's masters from 1, `number` the purchases of that master from 1; no
    number is ever used twice. Money is in millionths of a US dollar.
    """

    owner: str
    job_id: str
    master: int
    number: int
    estimate_micros: int
    key: str = ""
    """The name of the API key that created the job."""
    month: str = field(default_factory=this_month)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a purchase ended: its charge, and what it adds to the sums of its month.

    `calls` counts those to the image API, failed ones included. A purchase that was not charged, or
    perhaps not, adds nothing else: the estimate of an unknown one is in the books already.
    """

    charge: Charge
    calls: int = 1
    images: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0

    @property
    def sums(self) -> Mapping[str, int]:
        """What is added to the sums, by field."""
        if self.charge is not Charge.CHARGED:
            return {"calls": self.calls}
        return {
            "calls": self.calls,
            "images": self.images,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost_micros": self.cost_micros,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A purchase of a job as it stands in the books. Without a charge it is still under way, or
    its worker died during it."""

    master: int
    number: int
    month: str
    estimate_micros: int
    charge: Charge | None = None

    @property
    def uncertain(self) -> bool:
        """True while nobody knows whether it was charged."""
        return self.charge in (None, Charge.UNKNOWN)


def field_of(intent: Intent) -> str:
    """Return the field of a job's purchases that holds this one."""
    return f"{intent.master}.{intent.number}"


def entry_json(intent: Intent, charge: Charge | None = None) -> str:
    """Return the entry as `intend.lua` and `settle.lua` keep it."""
    kept = {"month": intent.month, "estimate_micros": intent.estimate_micros}
    return json.dumps(kept | ({"charge": charge} if charge else {}))


def entries_from(raw: Mapping[bytes, bytes]) -> tuple[Entry, ...]:
    """Return the purchases of a job, by master and number."""
    found = (_entry(name.decode(), json.loads(value)) for name, value in raw.items())
    return tuple(sorted(found, key=lambda entry: (entry.master, entry.number)))


def _entry(name: str, kept: Mapping[str, Any]) -> Entry:
    master, number = map(int, name.split("."))
    charge = Charge(kept["charge"]) if kept.get("charge") else None
    return Entry(
        master=master,
        number=number,
        month=kept["month"],
        estimate_micros=kept["estimate_micros"],
        charge=charge,
    )
