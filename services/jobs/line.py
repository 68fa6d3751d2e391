"""The line: owners take turns, each owner's jobs go in order.

A thousand jobs of one owner cannot starve another owner's single job: the next turn is the next
owner's. RQ's queue lists all waiting jobs; this decides which of them is next.
"""

from redis import Redis
from rq.suspension import WORKERS_SUSPENDED

from services.jobs import keys
from services.jobs.scripts import read_script

_TAKE = read_script("take")
_END_TURN = read_script("end_turn")


class Line:
    """Takes the next job. Sync, for use in threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def take(self, timeout_seconds: float) -> str | None:
        """Move the next job to the taken ones and return its id; None if none came in time.

        The caller claims it at once. If it dies before that, recovery puts the job back.
        """
        owner = self._redis.blmove(keys.TURNS, keys.TURNS, int(timeout_seconds), "LEFT", "RIGHT")
        if owner is None:
            return None
        name = owner.decode() if isinstance(owner, bytes) else owner
        names = [keys.line(name), keys.TURNS, keys.TAKEN, WORKERS_SUSPENDED]
        taken = _TAKE.run(self._redis, names, [name])
        return taken.decode() if taken else None

    def end_turn(self, owner: str) -> None:
        """Take an owner whose line is empty out of the turns; otherwise its next turn would."""
        _END_TURN.run(self._redis, [keys.line(owner), keys.TURNS], [owner])
