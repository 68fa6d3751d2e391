"""The conditions for admitting a new or retried job; the scripts that write it check them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.jobs import keys, rq_record
from services.jobs.moving_window import Policy
from services.jobs.spend.purchases import this_month
from services.jobs.values import Status

IN_FLIGHT = (Status.WAITING, Status.ACTIVE, Status.DELAYED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How many jobs there may be: one owner's in flight, and all owners' in line."""

    in_flight: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyBounds:
    """What the users of one API key may have in flight and spend together; 0: no bound."""

    name: str = ""
    in_flight: int = 0
    budget_micros: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """Bounds, the policy for new jobs and where it is counted, the owner's budget for a month in
    millionths of a US dollar (0: none), and the bounds of the API key that creates the job."""

    bounds: Bounds
    policy: Policy
    counted: str
    budget_micros: int = 0
    key: KeyBounds = field(default_factory=KeyBounds)

    def without_budget(self) -> "Conditions":
        """Return the conditions for a job that buys nothing."""
        return replace(self, budget_micros=0, key=replace(self.key, budget_micros=0))

    def keys(self, owner: str) -> Sequence[str]:
        """Return the keys that `functions/admit.lua` reads, in its order."""
        month = this_month()
        return [
            *(keys.owned(owner, status) for status in IN_FLIGHT),
            rq_record.WAITING,
            self.counted,
            keys.spent(owner, month),
            keys.in_flight_by_key(self.key.name),
            keys.spent_by_key(self.key.name, month),
        ]

    @property
    def args(self) -> Sequence[Any]:
        """The limits to compare them with, in its order."""
        return [
            self.bounds.in_flight,
            self.bounds.waiting,
            self.policy.amount,
            self.policy.seconds,
            self.budget_micros,
            self.key.in_flight,
            self.key.budget_micros,
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a job was admitted.

    `became` is "in", or what stood in its way: "conflict", "upload", "jobs", "key's jobs",
    "queue", "budget", "key's budget" or "policy".
    `told` is the id of the admitted job, when the policy admits the next one (s since 1970), or
    the key of the upload that is not there.
    """

    became: str
    told: str
