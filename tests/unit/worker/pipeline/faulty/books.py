"""Reports and books, which a worker that has lost its lease cannot write."""

import json
from collections.abc import Sequence
from typing import Any

from services.common.assets import ProviderCall
from services.common.charge import Charge
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.spend.purchases import Entry, Intent, Outcome
from services.jobs.values import JobSpec
from tests.unit.worker.pipeline.faulty.faults import HANGS, Died, Faults


class Books(Faults):
    """See ports.Reporter and ports.Spending."""

    spec: JobSpec
    job_id: str
    kept: str
    told: list[dict[str, Any]]
    noted: list[ProviderCall]
    entries: dict[tuple[int, int], Entry]
    buy_again: bool

    async def report(self, *, checkpoint: Checkpoint | None = None, **told: Any) -> None:
        fault = self.fault()
        if fault == "fail before":
            raise LeaseLost(self.job_id)
        self.before(fault)
        self.told.append(told)
        if checkpoint is not None:
            self.kept = json.dumps(checkpoint.to_json())
        if fault == "fail after":
            raise LeaseLost(self.job_id)
        self.after(fault)

    async def intend(self, intent: Intent) -> None:
        assert intent.owner == self.spec.user_id
        fault = self.fault()
        if fault == "fail before":
            raise LeaseLost(self.job_id)
        self.before(fault)
        key = (intent.master, intent.number)
        assert key not in self.entries, "a number is used twice"
        self.entries[key] = _entry(intent, None)
        self.buy_again = False
        if fault == "fail after":
            raise LeaseLost(self.job_id)
        self.after(fault)

    def settle(self, intent: Intent, outcome: Outcome, calls: Sequence[ProviderCall]) -> None:
        self.noted.extend(calls)
        fault = self.fault()
        if fault == "die before" or fault in HANGS:
            raise Died
        if fault != "fail before":  # Redis is away until the process is gone
            self.entries[intent.master, intent.number] = _entry(intent, outcome.charge)
        if fault == "die after":
            raise Died


def _entry(intent: Intent, charge: Charge | None) -> Entry:
    return Entry(
        master=intent.master,
        number=intent.number,
        month=intent.month,
        estimate_micros=intent.estimate_micros,
        charge=charge,
    )
