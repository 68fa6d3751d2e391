"""Whether there is room for one more job: per owner, and in the whole queue.

A place is taken by one script before the job is written, and given up by the transaction that
writes it. So the bounds hold however many gateways create at once, and what a gateway that died in
between has taken is free again after `HELD_SECONDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from redis.client import Pipeline

from services.common.errors import IdempotencyConflict, JobLimitExceeded, QueueFull, Unavailable
from services.gateway.batched import Batched
from services.gateway.estimate import Estimate
from services.gateway.idempotency import KEPT_SECONDS, Once
from services.gateway.jobs import keys
from services.gateway.jobs.values import Status

HELD_SECONDS = 30
"""Longer than any request takes."""

_PLACES = "snapasset:places"
_LONGEST_WAIT_SECONDS = 600.0
_IN_FLIGHT = (Status.WAITING, Status.ACTIVE, Status.DELAYED)

# KEYS: places of the owner, all places, waiting jobs, the owner's three indexes, idempotency.
# ARGV: job id, most in flight, most waiting, HELD_SECONDS, digest ("" without an idempotency key).
# Returns the id of the job that answers the request, or what is in its way.
_ADMIT = """
local job, digest, now = ARGV[1], ARGV[5], tonumber(redis.call('TIME')[1])
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[7], 'digest', 'job', 'created')
  if known[1] and known[1] ~= digest then return 'conflict' end
  if known[1] then return known[3] and known[2] or 'pending' end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local open = redis.call('ZCARD', KEYS[1])
for i = 4, 6 do open = open + redis.call('ZCARD', KEYS[i]) end
if open >= tonumber(ARGV[2]) then return 'jobs' end
if redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[3]) then
  return 'queue'
end
for i = 1, 2 do
  redis.call('ZADD', KEYS[i], now + ARGV[4], job)
  redis.call('EXPIRE', KEYS[i], ARGV[4])
end
if digest ~= '' then
  redis.call('HSET', KEYS[7], 'digest', digest, 'job', job)
  redis.call('EXPIRE', KEYS[7], ARGV[4])
end
return job
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How many jobs there may be: of one owner in flight, and of all owners in line."""

    in_flight: int
    waiting: int


class Admission:
    """Gives places to jobs."""

    def __init__(self, redis: Redis, bounds: Bounds, estimate: Estimate) -> None:
        self._redis = redis
        self._bounds = bounds
        self._estimate = estimate
        self._batched = Batched(redis)

    async def take_place(self, job_id: str, owner: str, once: Once | None = None) -> str | None:
        """Take a place for a job of `owner`.

        Returns `job_id`; the id of an earlier job when `once` was answered before; None while an
        equal request is still being answered.
        Raises IdempotencyConflict, JobLimitExceeded, QueueFull.
        """
        indexes = [keys.owned(owner, status) for status in _IN_FLIGHT]
        answer = await self._batched.eval(
            _ADMIT,
            [_places(owner), _PLACES, keys.WAITING, *indexes, once.key if once else _PLACES],
            [
                job_id,
                self._bounds.in_flight,
                self._bounds.waiting,
                HELD_SECONDS,
                once.digest if once else "",
            ],
        )
        said = cast(bytes, answer).decode()
        if said == "conflict":
            raise IdempotencyConflict("This Idempotency-Key was used for another request.")
        if said == "jobs":
            most = self._bounds.in_flight
            text = f"You have {most} jobs that have not ended, which is the most. Wait for one."
            raise JobLimitExceeded(text, retry_after_seconds=await self._wait())
        if said == "queue":
            text = "The queue is full. Please try again later."
            raise QueueFull(text, retry_after_seconds=await self._wait())
        return None if said == "pending" else said

    async def give_up(self, job_id: str, owner: str, once: Once | None = None) -> None:
        """Free the place of a job that will not be written after all."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem(_places(owner), job_id)
        pipe.zrem(_PLACES, job_id)
        if once:
            pipe.delete(once.key)
        await pipe.execute()

    async def _wait(self) -> float:
        return min(await self._estimate.seconds(), _LONGEST_WAIT_SECONDS)


def give_up_place(job_id: str, owner: str, once: Once | None) -> Callable[[Pipeline], None]:
    """Return what joins the transaction that writes the job; see Moves.create."""

    def join(pipe: Pipeline) -> None:
        if once:
            pipe.watch(once.key)  # type: ignore[no-untyped-call]
            if cast(bytes | None, pipe.hget(once.key, "job")) != job_id.encode():
                raise Unavailable("This took too long. Please try again.", retry_after_seconds=1)
        pipe.multi()
        pipe.zrem(_places(owner), job_id)
        pipe.zrem(_PLACES, job_id)
        if once:
            pipe.hset(once.key, "created", "1")
            pipe.expire(once.key, KEPT_SECONDS)
            pipe.hset(keys.state(job_id), "answer", once.key)

    return join


def _places(owner: str) -> str:
    return f"{_PLACES}:{owner}"
