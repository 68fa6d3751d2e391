"""A job in the hands of a worker, which may work on it as long as it holds the job's lease."""

from dataclasses import dataclass

from services.jobs.checkpoint import Checkpoint
from services.jobs.spend.purchases import Entry
from services.jobs.values import JobSpec


class LeaseLost(Exception):
    """Another worker has this job now, or it was cancelled; nothing that we do counts any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A job that its worker may run: what to do, and what has been done already."""

    job_id: str
    token: str
    spec: JobSpec
    attempt: int
    refusals: int
    checkpoint: Checkpoint
    request_id: str
    key: str = ""
    """The name of the API key that created the job."""
    traceparent: str = ""
    cut_off: bool = False
    """An earlier attempt was cancelled in mid-work, and may still be storing what it has bought."""
    purchases: tuple[Entry, ...] = ()
    """All purchases begun for this job, by master and number."""
    buy_again: bool = False
    """The retry of the job allows one purchase more than would otherwise be made."""
