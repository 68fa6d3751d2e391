"""The masters of a job, one after the other, and the share of the step that each takes."""

from dataclasses import dataclass
from fractions import Fraction

from services.jobs.plan import PlannedMaster

_BOUGHT = Fraction(2, 3)
"""How much of the step is done once the model has painted: by the API guide, 30 percent of the job,
and 40 once the image is stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lot:
    """One master to buy, `of` a total."""

    planned: PlannedMaster
    of: int

    @property
    def number(self) -> int:
        """Which master it is, counted from 1."""
        return self.planned.number

    def __str__(self) -> str:
        return f" {self.number} of {self.of}" if self.of > 1 else ""

    def done(self, part: Fraction | int) -> Fraction:
        """Return how much of the step is done when this share (0 to 1) of the master is painted."""
        return _BOUGHT * (self.number - 1 + part) / self.of

    @property
    def done_when_stored(self) -> Fraction:
        """How much of the step is done once this master is stored."""
        return Fraction(1) if self.number == self.of else self.done(1)
