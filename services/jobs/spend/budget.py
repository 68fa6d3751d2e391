"""The budget: how much an owner may spend in a month before new jobs are refused."""

from datetime import UTC, datetime

from services.common.errors import BudgetExceeded
from services.jobs.spend.books import Books
from services.jobs.spend.purchases import month_of


class Budget:
    """Refuses owners who have spent `micros` (millionths of a US dollar) this month; 0: nobody.

    Purchases count with their estimates from before they begin, and jobs that wait do not yet: an
    owner may end above the budget by what is in flight.
    """

    def __init__(self, books: Books, micros: int) -> None:
        self._books = books
        self.micros = micros

    async def refusal(self, owner: str) -> BudgetExceeded | None:
        """Return what an owner hears whose budget is used up, None while it is not."""
        if not self.micros:
            return None
        now = datetime.now(UTC)
        spent = await self._books.read(owner, month_of(now))
        if spent.cost_micros + spent.uncertain_micros < self.micros:
            return None
        return BudgetExceeded(
            f"The budget of ${self.micros / 1e6:.2f} for this month is used up. "
            "It begins anew on the first of the next month.",
            retry_after_seconds=(_next_month(now) - now).total_seconds(),
        )


def _next_month(now: datetime) -> datetime:
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)
