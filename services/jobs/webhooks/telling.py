"""The commands that write into the outbox what happens to a job."""

from services.jobs.commands import Commands
from services.jobs.values import Status
from services.jobs.webhooks.events import ENDS


def tell(commands: Commands, owner: str, job_id: str, status: Status, own_address: str) -> None:
    """Add the command that tells of a job's end, after those that write it: see `tell.lua`.

    `own_address` is the one that the job itself names, "" for none.
    """
    if event := ENDS.get(status):
        commands.add("TELL", owner, job_id, event.value, own_address)
