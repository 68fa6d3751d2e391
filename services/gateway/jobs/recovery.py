"""Finds what was left lying: due retries, jobs of dead workers, jobs taken and never claimed.

Every worker sweeps; a short lock keeps them from doing it at once, and each move checks again
under WATCH, so a sweep too many does no harm.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

from redis import Redis
from rq.worker_registration import clean_worker_registry

from services.common.errors import JobNotFound
from services.gateway.jobs import keys
from services.gateway.jobs.moves import Moves
from services.gateway.jobs.transition import Transitions

logger = logging.getLogger(__name__)

_LOCK = "snapasset:sweep"
_BATCH = 500

UNCLAIMED_SECONDS = 15
"""A worker claims what it took within milliseconds; one that has not by then is dead."""


class Recovery:
    """Sweeps. Sync, for use in a thread; one per worker process."""

    def __init__(self, redis: Redis, transitions: Transitions, moves: Moves, attempts: int) -> None:
        self._redis = redis
        self._transitions = transitions
        self._moves = moves
        self._attempts = attempts
        self._seen_taken: dict[str, float] = {}

    def sweep(self, lock_seconds: float) -> None:
        """Do one sweep, unless another worker did within `lock_seconds`."""
        if not self._redis.set(_LOCK, "1", nx=True, px=int(lock_seconds * 1000)):
            return
        now = self._transitions.now()
        scheduled = self._transitions.queue.scheduled_job_registry.key
        for job_id in self._due(scheduled, now):
            self._try(job_id, self._moves.wake, scheduled)
        for job_id in self._due(keys.LEASES, now):
            logger.warning("A worker was lost; its job is freed", extra={"job_id": job_id})
            take_over = lambda one: self._moves.take_over(one, self._attempts)  # noqa: E731
            self._try(job_id, take_over, keys.LEASES)
        self._put_back_unclaimed(now)
        clean_worker_registry(self._transitions.queue)

    def _due(self, key: str, now: float) -> list[str]:
        found = cast(list[bytes], self._redis.zrangebyscore(key, "-inf", now, 0, _BATCH))
        return [one.decode() for one in found]

    def _put_back_unclaimed(self, now: float) -> None:
        taken = cast(list[Any], self._redis.lrange(keys.TAKEN, 0, _BATCH - 1))
        ids = {one.decode() for one in taken}
        self._seen_taken = {one: self._seen_taken.get(one, now) for one in ids}
        for job_id, since in list(self._seen_taken.items()):
            if now - since > UNCLAIMED_SECONDS:
                logger.warning("A job was taken and not begun", extra={"job_id": job_id})
                self._try(job_id, self._moves.put_back, None)

    def _try(self, job_id: str, move: Callable[[str], None], index: str | None) -> None:
        """Make one move; a job that is gone altogether is dropped from `index` too."""
        try:
            move(job_id)
        except JobNotFound:
            if index:
                self._redis.zrem(index, job_id)
            self._redis.lrem(keys.TAKEN, 0, job_id)
