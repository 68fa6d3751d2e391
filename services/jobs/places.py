"""Where a job is listed while it has a status: RQ's list or a registry, an index, the leases."""

from datetime import datetime, timedelta

from services.jobs import keys, rq_record
from services.jobs.commands import Commands
from services.jobs.state import State
from services.jobs.values import Status

IN_FLIGHT_TTL = timedelta(days=30)
"""A job in flight that nothing has touched for this long is forgotten: no key lives for ever."""


class Places:
    """Adds the commands that take jobs out of their places and put them into new ones."""

    def __init__(self, *, retention: timedelta, lease: timedelta) -> None:
        self._retention = retention
        self._lease = lease

    def kept(self, status: Status) -> timedelta:
        """Return how long a job that enters a status is remembered."""
        return self._retention if status.ended else IN_FLIGHT_TTL

    @property
    def longest(self) -> timedelta:
        """How long after its creation a job is certainly forgotten."""
        return IN_FLIGHT_TTL + self._retention

    def vacate(self, commands: Commands, job_id: str, state: State, status: Status) -> None:
        """Take a job out of its place."""
        commands.add("ZREM", keys.owned(state.owner, status), job_id)
        if status is Status.WAITING:
            commands.add("LREM", keys.line(state.owner, gives_way=state.gives_way), 0, job_id)
            commands.add("LREM", keys.TAKEN, 0, job_id)
            commands.add("LREM", rq_record.WAITING, 1, job_id)
        elif status is Status.ACTIVE:
            commands.add("ZREM", rq_record.REGISTRIES[status], execution(job_id, state.lease))
            commands.add("ZREM", keys.LEASES, job_id)
        else:
            commands.add("ZREM", rq_record.REGISTRIES[status], job_id)

    def occupy(
        self,
        commands: Commands,
        job_id: str,
        state: State,
        status: Status,
        now: datetime,
        clock: float,
    ) -> None:
        """Put a job into its places other than the owner's line, for which see `line_up`.

        `clock` is Redis's time (s), by which leases run.
        """
        if status is Status.WAITING:
            commands.add("RPUSH", rq_record.WAITING, job_id)
        elif status is Status.ACTIVE:
            # RQ must never declare an execution abandoned: leases decide that.
            name = execution(job_id, state.lease)
            commands.add("ZADD", rq_record.REGISTRIES[status], "+inf", name)
            ends = clock + self._lease.total_seconds()
            commands.add("ZADD", keys.LEASES, ends, job_id)
        elif status is Status.DELAYED and state.next_run_at:
            # RQ's schedule() truncates to whole seconds: too early for a provider's Retry-After.
            due = state.next_run_at.timestamp()
            commands.add("ZADD", rq_record.REGISTRIES[status], due, job_id)
        else:
            registry, forgotten = rq_record.REGISTRIES[status], now + self._retention
            commands.add("ZADD", registry, forgotten.timestamp(), job_id)
            commands.add("ZREMRANGEBYSCORE", registry, "-inf", now.timestamp())
        self.index(commands, keys.owned(state.owner, status), job_id, now)
        if state.key and status.ended:
            commands.add("ZREM", keys.in_flight_by_key(state.key), job_id)
        elif state.key:
            self.index(commands, keys.in_flight_by_key(state.key), job_id, now)
        if state.batch and status.ended:
            end_in_batch(commands, state.batch, job_id)
        elif state.batch and status is Status.WAITING:
            kept = int(self.longest.total_seconds())
            commands.add("NOTE", state.batch, job_id, "open", kept)

    def index(self, commands: Commands, key: str, job_id: str, now: datetime) -> None:
        """Add a job to an index, and drop those that are certainly forgotten."""
        oldest = int((now - self.longest).timestamp() * 1000)
        commands.add("ZADD", key, 0, job_id)
        commands.add("ZREMRANGEBYLEX", key, "-", f"(gen-{oldest}")
        commands.add("EXPIRE", key, int(self.longest.total_seconds()))


def line_up(commands: Commands, job_id: str, state: State, *, front: bool) -> None:
    """Put a job in its owner's line (`front`: ahead of the others), and give the owner a turn."""
    line, side = keys.line(state.owner, gives_way=state.gives_way), "front" if front else "back"
    turns = [keys.LATER_TURNS, keys.TURNS] if state.gives_way else [keys.TURNS]
    commands.add("PUSH", line, state.owner, job_id, side, *turns)


def end_in_batch(commands: Commands, batch: str, job_id: str) -> None:
    """Take a job out of the unfinished ones of its batch; see `note_in_batch.lua`."""
    commands.add("NOTE", batch, job_id, "ended")


def execution(job_id: str, lease: str) -> str:
    """Return the name of an attempt in RQ's registry of started jobs."""
    return f"{job_id}:{lease}"
