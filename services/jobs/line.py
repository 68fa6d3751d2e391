"""The waiting line: owners take turns, each owner's jobs go in order.

A thousand jobs of one owner cannot starve another's one: the next turn is the next owner's.
"""

from redis import Redis
from redis.client import Pipeline

from services.jobs import keys
from services.jobs.scripts import read_script

_PUSH = read_script("push")
_TAKE = read_script("take")
_END_TURN = read_script("end_turn")


class Line:
    """Puts jobs in line and takes the next one. Sync, for use in threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def push(self, pipe: Pipeline, owner: str, job_id: str, at_ms: int, *, front: bool) -> None:
        """Add a job to its owner's end of the line (`front`: before the owner's others)."""
        names = [keys.line(owner), keys.TURNS, keys.WAITING]
        # By its text: for a registered script a pipeline first asks whether Redis has it.
        pipe.eval(
            _PUSH.text, len(names), *names, owner, job_id, at_ms, "front" if front else "back"
        )

    def remove(self, pipe: Pipeline, owner: str, job_id: str) -> None:
        """Take a job out, wherever it is: in line, or taken and not yet claimed."""
        pipe.lrem(keys.line(owner), 0, job_id)
        pipe.lrem(keys.TAKEN, 0, job_id)
        pipe.zrem(keys.WAITING, job_id)

    def end_turn(self, owner: str) -> None:
        """Take an owner whose line is empty out of the turns; else the next turn would do it."""
        _END_TURN.run(self._redis, [keys.line(owner), keys.TURNS], [owner])

    def take(self, timeout_seconds: float) -> str | None:
        """Move the next job to the taken ones and return its id; None when none came in time.

        The caller claims it at once. If it dies before, recovery puts the job back.
        """
        owner = self._redis.blmove(keys.TURNS, keys.TURNS, int(timeout_seconds), "LEFT", "RIGHT")
        if owner is None:
            return None
        name = owner.decode() if isinstance(owner, bytes) else owner
        taken = _TAKE.run(self._redis, [keys.line(name), keys.TURNS, keys.TAKEN], [name])
        return taken.decode() if taken else None
