"""All that Redis knows about one job at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.common.charge import Charge
from services.jobs.plan import plan
from services.jobs.rq_record import RqRecord
from services.jobs.spend.purchases import Entry
from services.jobs.state import State
from services.jobs.values import Job, JobSpec, Status, created_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A job as it was read. `now` are the seconds since 1970 by Redis's clock, the only one that
    leases and retries trust; `lease_ends` is the moment until which its lease holds."""

    job_id: str
    rq: RqRecord
    state: State
    purchases: tuple[Entry, ...] = ()
    now: float = 0.0
    lease_ends: float | None = None

    @property
    def status(self) -> Status:
        """Its status, as RQ's record holds it."""
        return self.rq.status

    @property
    def spec(self) -> JobSpec:
        """What the client asked for."""
        return self.rq.spec

    @property
    def must_buy(self) -> bool:
        """True while a master is missing for which no purchase is known to have been charged.

        Never true of a job with a source.
        """
        if self.spec.source:
            return False
        paid = {one.master for one in self.purchases if one.charge is Charge.CHARGED}
        stored = {one.number for one in self.state.checkpoint.purchases}
        images = self.state.checkpoint.images
        missing = [one for one in plan(self.spec) if one.number not in paid | stored]
        # An extension that was not needed is never bought.
        return any(
            not one.extends or any(target.id not in images for target in one.targets)
            for one in missing
        )


def job_of(job_id: str, rq: RqRecord, state: State, logs: Sequence[bytes]) -> Job:
    """Return the job as callers see it."""
    return Job(
        id=job_id,
        spec=rq.spec,
        status=rq.status,
        created_at=created_at(job_id),
        progress=state.progress,
        message=state.message,
        logs=tuple(line.decode() for line in logs),
        attempts=state.attempts,
        sequence=state.sequence,
        processed_at=rq.started_at,
        finished_at=rq.ended_at,
        next_run_at=state.next_run_at,
        images=state.images,
        result=state.result,
        failure=state.failure,
        request_id=state.request_id,
        batch_id=state.batch,
    )


def pairs(flat: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """Return the hash that a script returned as alternating names and values."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
