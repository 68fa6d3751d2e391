"""The waiting line: owners take turns, each owner's jobs go in order.

A thousand jobs of one owner cannot starve another's one: the next turn is the next owner's.
"""

from redis import Redis
from redis.client import Pipeline

from services.jobs import keys

PUSH = """
local function push(keys, args)
  local line, turns, waiting = unpack(keys)
  local owner, job, ms, side = unpack(args)
  redis.call(side == 'front' and 'LPUSH' or 'RPUSH', line, job)
  redis.call('ZADD', waiting, ms, job)
  if not redis.call('LPOS', turns, owner) then redis.call('RPUSH', turns, owner) end
end
"""
"""A Lua function. Takes {line of the owner, turns, waiting} and {owner, job id, ms, side}, with
"front" or "back" for the side of the owner's line."""

_PUSH = f"{PUSH} push(KEYS, ARGV)"

# KEYS: line of the owner, turns. ARGV: owner.
_LEAVE = """
if redis.call('LLEN', KEYS[1]) == 0 then redis.call('LREM', KEYS[2], 0, ARGV[1]) end
"""

# KEYS: line of the owner, turns, taken. ARGV: owner. Returns the job, or nil.
_TAKE = """
local id = redis.call('LMOVE', KEYS[1], KEYS[3], 'LEFT', 'RIGHT')
if redis.call('LLEN', KEYS[1]) == 0 then redis.call('LREM', KEYS[2], 0, ARGV[1]) end
return id
"""


class Line:
    """Puts jobs in line and takes the next one. Sync, for use in threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)
        self._leave = redis.register_script(_LEAVE)

    def push(self, pipe: Pipeline, owner: str, job_id: str, at_ms: int, *, front: bool) -> None:
        """Add a job to its owner's end of the line (`front`: before the owner's others)."""
        names = [keys.line(owner), keys.TURNS, keys.WAITING]
        # By its text: for a registered script a pipeline first asks whether Redis has it.
        pipe.eval(_PUSH, len(names), *names, owner, job_id, at_ms, "front" if front else "back")

    def remove(self, pipe: Pipeline, owner: str, job_id: str) -> None:
        """Take a job out, wherever it is: in line, or taken and not yet claimed."""
        pipe.lrem(keys.line(owner), 0, job_id)
        pipe.lrem(keys.TAKEN, 0, job_id)
        pipe.zrem(keys.WAITING, job_id)

    def leave(self, owner: str) -> None:
        """Take an owner whose line is empty out of the turns; else the next turn would do it."""
        self._leave(keys=[keys.line(owner), keys.TURNS], args=[owner])

    def take(self, timeout_seconds: float) -> str | None:
        """Move the next job to the taken ones and return its id; None when none came in time.

        The caller claims it at once. If it dies before, recovery puts the job back.
        """
        owner = self._redis.blmove(keys.TURNS, keys.TURNS, int(timeout_seconds), "LEFT", "RIGHT")
        if owner is None:
            return None
        name = owner.decode() if isinstance(owner, bytes) else owner
        taken = self._take(keys=[keys.line(name), keys.TURNS, keys.TAKEN], args=[name])
        return taken.decode() if taken else None
