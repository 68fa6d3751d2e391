"""The line: owners take turns, each owner's jobs go in order.

A thousand jobs of one owner cannot starve another owner's single job: the next turn is the next
owner's. Jobs of the urgency "batch" have lines and turns of their own, which move only while no
other job waits. RQ's queue lists all waiting jobs; this decides which of them is next.
"""

import time
from dataclasses import dataclass

from redis import Redis
from rq.suspension import WORKERS_SUSPENDED

from services.jobs import keys
from services.jobs.scripts import read_script

_TAKE = read_script("take")
_END_TURN = read_script("end_turn")

_PAUSE_SECONDS = 0.2
"""Before a worker that takes urgent jobs alone looks again, while nothing else waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A job from the line, and whether it has given way to all others."""

    job_id: str
    gave_way: bool


class Line:
    """Takes the next job. Sync, for use in threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def take(self, timeout_seconds: float, *, urgent_only: bool = False) -> Taken | None:
        """Move the next job to the taken ones and return it; None if none came in time.

        The caller claims it at once. If it dies before that, recovery puts the job back.
        """
        if taken := self._next(keys.LATER, urgent_only=urgent_only):
            return taken
        owner = self._redis.blmove(keys.TURNS, keys.TURNS, int(timeout_seconds), "LEFT", "RIGHT")
        if owner is None:
            return None
        name = owner.decode() if isinstance(owner, bytes) else owner
        taken = self._next(name, urgent_only=urgent_only)
        if taken is None and urgent_only and name == keys.LATER:
            time.sleep(_PAUSE_SECONDS)
        return taken

    def _next(self, owner: str, *, urgent_only: bool) -> Taken | None:
        """Take the first job of an owner; of the next one whose turn it is when that is `LATER`."""
        names = [keys.TURNS, keys.LATER_TURNS, keys.TAKEN, WORKERS_SUSPENDED]
        which = "urgent" if urgent_only else "all"
        found = _TAKE.run(self._redis, names, [owner, keys.LINE, keys.LATER_LINE, which])
        if not found:
            return None
        job_id, how = found
        return Taken(job_id=job_id.decode(), gave_way=how == b"gives way")

    def end_turn(self, owner: str) -> None:
        """Take an owner whose lines are empty out of the turns; otherwise its next turn would."""
        for gives_way, turns in ((False, keys.TURNS), (True, keys.LATER_TURNS)):
            line = keys.line(owner, gives_way=gives_way)
            _END_TURN.run(self._redis, [line, turns], [owner])

    def call_later_ones(self) -> None:
        """Give those who give way their place in the turns again, if a worker of a version that
        does not know them has taken it."""
        waits = self._redis.llen(keys.LATER_TURNS)
        if waits and self._redis.lpos(keys.TURNS, keys.LATER) is None:
            self._redis.rpush(keys.TURNS, keys.LATER)
