"""The pipeline's Spending over the books in Redis, fenced by the lease of one attempt."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from services.common.assets import ProviderCall
from services.common.charge import Charge
from services.common.errors import all_errors
from services.common.metrics import (
    PROVIDER_CALLS,
    PROVIDER_TOKENS,
    SPEND,
    UNCERTAIN_PURCHASES,
    UNCERTAIN_SPEND,
    counter,
)
from services.jobs.replication import Replication
from services.jobs.spend.books import Books
from services.jobs.spend.purchases import Intent, Outcome
from services.jobs.steady import steadily

_OUTCOMES = {"ok", *(kind.code for kind in all_errors())}
_OTHER = "other"


class SpendMetrics:
    """Counts what goes into the books, by the models that the operator has configured."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = counter(PROVIDER_CALLS, registry)
        self._tokens = counter(PROVIDER_TOKENS, registry)
        self._spend = counter(SPEND, registry)
        self._uncertain = counter(UNCERTAIN_PURCHASES, registry)
        self._uncertain_spend = counter(UNCERTAIN_SPEND, registry)

    def settled(self, intent: Intent, outcome: Outcome, calls: Sequence[ProviderCall]) -> None:
        """Count a purchase that has ended."""
        for call in calls:
            outcome_label = call.outcome if call.outcome in _OUTCOMES else _OTHER
            self._calls.labels(call.model, outcome_label).inc()
            self._tokens.labels(call.model, "input").inc(call.input_tokens)
            self._tokens.labels(call.model, "output").inc(call.output_tokens)
            if call.charge is Charge.CHARGED:
                self._spend.labels(call.model).inc(call.cost_micros / 1e6)
        if outcome.charge is Charge.UNKNOWN:
            self._uncertain.inc()
            self._uncertain_spend.inc(intent.estimate_micros / 1e6)


class LeasedSpending:
    """The books of one attempt."""

    def __init__(
        self, books: Books, metrics: SpendMetrics, replication: Replication, token: str
    ) -> None:
        self._books = books
        self._metrics = metrics
        self._replication = replication
        self._token = token

    async def intend(self, intent: Intent) -> None:
        """See ports.Spending."""

        async def enter() -> None:
            async with self._replication.lasting():
                await self._books.intend(self._token, intent)

        await steadily(enter)

    def settle(self, intent: Intent, outcome: Outcome, calls: Sequence[ProviderCall]) -> None:
        """See ports.Spending."""
        self._books.settle(intent, outcome)
        self._metrics.settled(intent, outcome, calls)
