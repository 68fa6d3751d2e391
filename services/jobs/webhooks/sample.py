"""A job that never was: what a webhook is told when its owner tries it out."""

from datetime import UTC, datetime

from services.jobs import keys
from services.jobs.commands import Commands
from services.jobs.rq_record import key_of, new_rq_record, rq_changes
from services.jobs.state import State, changes
from services.jobs.values import JobSpec, Status, new_job_id

_TEXT = "This is a test of your webhook; there is no such job."


def sample(owner: str) -> tuple[str, Commands]:
    """Return the id of a completed job that is in no place, and the commands that write it."""
    job_id, commands = new_job_id(), Commands()
    record = {
        **new_rq_record(JobSpec(user_id=owner, prompt=_TEXT)),
        **rq_changes(Status.COMPLETED, datetime.now(UTC), ""),
    }
    state, _ = changes(None, State(owner=owner, message=_TEXT, progress=100))
    for key, fields in ((key_of(job_id), record), (keys.state(job_id), state)):
        commands.add("HSET", key, *(part for pair in fields.items() for part in pair))
    return job_id, commands
