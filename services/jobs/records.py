"""Reads a job, and moves it if nobody else has since: two round trips, each a single script."""

from collections.abc import Callable
from datetime import timedelta

from redis import Redis

from services.common.errors import JobNotFound
from services.jobs import keys
from services.jobs.commands import Commands
from services.jobs.move import Move, enter
from services.jobs.places import Places
from services.jobs.record import Record, pairs
from services.jobs.rq_record import STATUSES, key_of, read_rq_record
from services.jobs.scripts import read_script
from services.jobs.spend.purchases import entries_from
from services.jobs.state import read_state
from services.jobs.values import Status
from services.jobs.webhooks.telling import tell

_READ = read_script("read")
_IF_UNMOVED = read_script("if_unmoved")


def unheard(job_id: str, status: Status) -> None:
    """Ignore a move."""


class Records:
    """Reads and moves jobs. Sync and thread-safe, for use in threads.

    `moved` is called with every job that has ended or was delayed, after the fact.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        retention: timedelta,
        lease: timedelta,
        moved: Callable[[str, Status], None] = unheard,
    ) -> None:
        self.redis = redis
        self.places = Places(retention=retention, lease=lease)
        self._moved = moved

    def read(self, job_id: str) -> Record:
        """Return a job as it is. Raises JobNotFound."""
        names = [key_of(job_id), keys.state(job_id), keys.purchases(job_id), keys.LEASES]
        raw, state, purchases, ends, now = _READ.run(self.redis, names, [job_id])
        if not raw or not state:
            raise JobNotFound("There is no such job.")
        return Record(
            job_id=job_id,
            rq=read_rq_record(pairs(raw)),
            state=read_state(pairs(state)),
            purchases=entries_from(pairs(purchases)),
            now=float(now),
            lease_ends=float(ends) if ends else None,
        )

    def move(self, job_id: str, decide: Callable[[Record], Move | None]) -> Record:
        """Make the move that `decide` chooses for the job; return the job as it was before.

        `decide` is called again if somebody else moved the job first. Raises JobNotFound.
        """
        while True:
            record = self.read(job_id)
            move = decide(record)
            if move is None:
                return record
            if self.run_if_unmoved(record, self.commands(record, move)):
                self.tell(job_id, move)
                return record

    def run_if_unmoved(self, record: Record, commands: Commands) -> bool:
        """Run commands, all or none: False when the job is no longer as it was read."""
        names = [key_of(record.job_id), keys.state(record.job_id)]
        return bool(_IF_UNMOVED.run(self.redis, names, [*as_read(record), *commands.words]))

    def commands(self, record: Record, move: Move) -> Commands:
        """Return the commands that make a move of a job."""
        commands = Commands()
        self.places.vacate(commands, record.job_id, record.state, record.status)
        enter(commands, self.places, record.job_id, record.state, move, record.now)
        if move.also:
            commands.words += move.also.words
        tell(commands, record.state.owner, record.job_id, move.to, record.spec.webhook_url)
        return commands

    def tell(self, job_id: str, move: Move) -> None:
        """Report a move that was made to whoever counts them."""
        if move.to.ended or move.to is Status.DELAYED:
            self._moved(job_id, move.to)


def as_read(record: Record) -> tuple[str, str]:
    """Return what tells a script that a job has not changed since it was read."""
    return STATUSES[record.status].value, str(record.state.sequence)
