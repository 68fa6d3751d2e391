"""The budget: how much an owner may spend in a month before new jobs are refused."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.common.errors import BudgetExceeded


@dataclass(frozen=True, slots=True)
class Budget:
    """What an owner may spend in a month, in millionths of a US dollar; 0: without limit.

    Purchases count with their estimates from before they begin, but waiting jobs do not count yet,
    so an owner may exceed the budget by what is in flight. The scripts that admit jobs check it.
    """

    micros: int

    def refusal(self, sharing: str = "") -> BudgetExceeded:
        """Return the error for an owner whose budget is used up; `sharing` says who shares it."""
        now = datetime.now(UTC)
        budget = f"budget of ${self.micros / 1e6:.2f}{sharing and f' for {sharing}'}"
        return BudgetExceeded(
            f"This month's {budget} is used up. A new one begins on the first of next month.",
            retry_after_seconds=(_next_month(now) - now).total_seconds(),
        )


def _next_month(now: datetime) -> datetime:
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)
