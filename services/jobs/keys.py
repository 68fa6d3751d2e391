"""The names of everything that we keep in Redis besides RQ's own keys."""

from services.jobs.values import Status

QUEUE = "snapasset"
"""Name of the RQ queue: its record, registries and workers are found under it."""

TURNS = "snapasset:turns"
"""List of owners who have waiting jobs; the head is served next. `LATER` stands in it for all that
give way."""

LATER = ""
"""The name in TURNS of those whose turns are in LATER_TURNS. No owner has this name."""

LATER_TURNS = "snapasset:later-turns"
"""List like TURNS, of owners who have waiting jobs that give way to others."""

FORMERLY_WAITING = "snapasset:waiting"
"""Sorted set in which earlier versions kept all waiting jobs; RQ's queue holds them now."""

TAKEN = "snapasset:taken"
"""List of jobs that a worker has taken from the line but not yet claimed."""

LEASES = "snapasset:leases"
"""Sorted set of active jobs by the time (s, Redis's clock) at which their lease ends."""

CONTACT = "snapasset:contact"
"""Hash of the times of the last sweep, and of the first one since the last gap (s)."""

PROBE = "snapasset:probe"
"""Written by /health to find out whether Redis takes writes."""

REPLICATED = "snapasset:replicated"
"""Written after what must survive a failover: a replica that has it has that too."""

DURATIONS = "snapasset:durations"
"""List of how long the last completed jobs took (s)."""

COMMANDS = "snapasset:commands"
"""Channel on which workers hear of cancelled jobs."""


def line(owner: str, *, gives_way: bool = False) -> str:
    """List of the waiting jobs of one owner: of those that give way to others, or of the rest."""
    return f"{LATER_LINE if gives_way else LINE}{owner}"


LINE, LATER_LINE = "snapasset:line:", "snapasset:later-line:"
"""What the names of the lines begin with."""


def state(job_id: str) -> str:
    """Hash of what is not in RQ's record: progress, checkpoint, lease, result."""
    return f"snapasset:job:{job_id}"


def cut_off(job_id: str) -> str:
    """Set of the cancelled attempts that may still be storing what they have bought."""
    return f"snapasset:job:{job_id}:leaving"


def logs(job_id: str) -> str:
    """List of a job's log lines."""
    return f"snapasset:job:{job_id}:logs"


def purchases(job_id: str) -> str:
    """Hash of the purchases begun for a job, by master and number."""
    return f"snapasset:job:{job_id}:purchases"


def owned(owner: str, status: Status | None = None) -> str:
    """Sorted set of an owner's jobs (all, or in one state); ids sort by age, scores are 0."""
    return f"snapasset:owner:{owner}:{status or 'all'}"


def idempotency(owner: str, key: str) -> str:
    """The answer given to one Idempotency-Key of one owner."""
    return f"snapasset:idempotency:{owner}:{key}"


def batch(batch_id: str) -> str:
    """Hash of what is kept about a batch, besides its jobs."""
    return f"snapasset:batch:{batch_id}"


OPEN_BATCHES = "snapasset:batches"
"""Sorted set of the batches with unfinished jobs, by when they were created (ms)."""


def unfinished_of_batch(batch_id: str) -> str:
    """Set of the unfinished jobs of a batch; see `note_in_batch.lua`."""
    return f"snapasset:batch:{batch_id}:unfinished"


def jobs_of_batch(batch_id: str) -> str:
    """Sorted set of the jobs of a batch; ids sort by age, scores are 0."""
    return f"snapasset:batch:{batch_id}:jobs"


def batches(owner: str) -> str:
    """Sorted set of an owner's batches; ids sort by age, scores are 0."""
    return f"snapasset:owner:{owner}:batches"


def counted(what: str, subject: str) -> str:
    """Sorted set of the times of a caller's last requests, or new jobs, that passed (s)."""
    return f"snapasset:limits:{what}:{subject}"


def spent(owner: str, month: str) -> str:
    """Hash of what an owner's calls to the image API add up to in a month, such as "2026-11"."""
    return f"snapasset:spent:{owner}:{month}"


def in_flight_by_key(name: str) -> str:
    """Sorted set of the unfinished jobs that one API key has created; scores are 0."""
    return f"snapasset:key:{name}:in-flight"


def spent_by_key(name: str, month: str) -> str:
    """Hash like `spent`, of the jobs that one API key has created."""
    return f"snapasset:key:{name}:spent:{month}"


UPLOADS_DUE = "snapasset:uploads-due"
"""Sorted set of all uploads, each as "<id> <owner>", by the time (s, Redis's clock) at which one is
given up or has expired."""


def upload(upload_id: str) -> str:
    """Hash of what is known of an upload that has arrived."""
    return f"snapasset:upload:{upload_id}"


def upload_jobs(upload_id: str) -> str:
    """Set of the jobs that were created with an upload."""
    return f"snapasset:upload:{upload_id}:jobs"


def uploads(owner: str) -> str:
    """Sorted set of an owner's uploads that have arrived; ids sort by age, scores are 0."""
    return f"snapasset:uploads:{owner}"


def upload_space(owner: str) -> str:
    """Hash of the bytes that each of an owner's uploads takes or has reserved, and their total."""
    return f"snapasset:upload-space:{owner}"


def channel(job_id: str) -> str:
    """Channel on which the changes of one job are published."""
    return f"snapasset:changes:{job_id}"
