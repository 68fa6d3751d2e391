"""A job in the hands of a worker: what it may work on, as long as the job's lease is its own."""

from dataclasses import dataclass

from services.jobs.checkpoint import Checkpoint
from services.jobs.spend.purchases import Entry
from services.jobs.values import JobSpec


class LeaseLost(Exception):
    """Another worker has this job now, or it was cancelled; what we do no longer counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A job that its worker may run: what to do, and what was done before."""

    job_id: str
    token: str
    spec: JobSpec
    attempt: int
    refusals: int
    checkpoint: Checkpoint
    request_id: str
    traceparent: str = ""
    cut_off: bool = False
    """An earlier attempt was cancelled at work, and may still be storing what it has bought."""
    purchases: tuple[Entry, ...] = ()
    """All that were begun for this job, by master and number."""
    buy_again: bool = False
    """Whoever retried the job allows one purchase more than there would be otherwise."""
