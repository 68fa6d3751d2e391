"""Finds stranded jobs: due retries, jobs of dead workers, jobs taken and never claimed.

Every worker sweeps. A short lock keeps them from sweeping at the same time, and each move checks
again whether it is needed, so an extra sweep does no harm.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker_registration import clean_worker_registry

from services.common.errors import JobNotFound
from services.jobs import keys
from services.jobs.claims import Claims
from services.jobs.line import Line
from services.jobs.lost import bury
from services.jobs.repairs import Repairs
from services.jobs.rq_record import REGISTRIES, WAITING
from services.jobs.scripts import read_script
from services.jobs.values import Status

logger = logging.getLogger(__name__)

_LOCK = "snapasset:sweep"
_BATCH = 500

UNCLAIMED_SECONDS = 15
"""A worker claims what it took within milliseconds; one that has not done so by then is dead."""

_SHORTEST_GAP_SECONDS = 3.0
"""Sweeps are a second apart; on a busy machine two."""

_CLOCK_SECONDS = 60.0
"""A smaller correction of the clock is not worth logging."""

_CONTACT_KEPT_SECONDS = 86_400

_TAKE_LOCK = read_script("take_lock")
_NOTE_CONTACT = read_script("note_contact")
_TIDY_WAITING = read_script("tidy_waiting")


class Recovery:
    """Sweeps. Sync, for use in a thread; one per worker process."""

    def __init__(
        self,
        redis: Redis,
        claims: Claims,
        repairs: Repairs,
        *,
        attempts: int,
        lease: timedelta,
        unclaimed_seconds: float = UNCLAIMED_SECONDS,
    ) -> None:
        self._redis = redis
        self._claims = claims
        self._repairs = repairs
        self._line = Line(redis)
        self._queue = Queue(keys.QUEUE, connection=redis, serializer=JSONSerializer)
        self._attempts = attempts
        self._unclaimed_seconds = unclaimed_seconds
        self._lease_seconds = lease.total_seconds()
        self._seen_taken: dict[str, float] = {}
        self._tidied = 0

    def sweep(self, lock_seconds: float) -> None:
        """Sweep once, unless another worker did within `lock_seconds`."""
        if not _TAKE_LOCK.run(self._redis, [_LOCK], [int(lock_seconds * 1000)]):
            return
        now = self._now()
        for job_id in self._due(REGISTRIES[Status.DELAYED], now):
            self._try(job_id, self._repairs.wake)
        for job_id in self._due(keys.LEASES, now) if self._in_contact() else ():
            logger.warning("A worker was lost; freeing its job", extra={"job_id": job_id})
            self._try(job_id, self._take_over)
        self._shorten_leases(now)
        self._put_back_unclaimed(now)
        terms = [self._tidied, _BATCH]
        self._tidied = _TIDY_WAITING.run(self._redis, [WAITING, keys.FORMERLY_WAITING], terms)
        self._line.call_later_ones()
        clean_worker_registry(self._queue)

    def _now(self) -> float:
        """Return the seconds since 1970 by Redis's clock."""
        seconds, micros = self._redis.time()
        return seconds + micros / 1e6

    def _in_contact(self) -> bool:
        """Return whether workers have reached Redis without a gap for the length of a lease.

        After an outage all leases have expired, although the workers are alive and hold bought
        images: they get to renew them before anybody may declare them dead.
        """
        gap = max(self._lease_seconds / 4, _SHORTEST_GAP_SECONDS)
        terms = [gap, _CONTACT_KEPT_SECONDS]
        lasted = _NOTE_CONTACT.run(self._redis, [keys.CONTACT], terms)
        return float(lasted) >= self._lease_seconds

    def _shorten_leases(self, now: float) -> None:
        """Shorten leases that run for longer than a lease can: Redis's clock may have gone back."""
        longest = now + self._lease_seconds
        found = self._redis.zrangebyscore(keys.LEASES, longest + _CLOCK_SECONDS, "+inf", 0, _BATCH)
        if jobs := cast(list[bytes], found):
            self._redis.zadd(keys.LEASES, dict.fromkeys(jobs, longest), xx=True)

    def _take_over(self, job_id: str) -> None:
        self._repairs.take_over(job_id, self._attempts)

    def _due(self, key: str, now: float) -> list[str]:
        found = cast(list[bytes], self._redis.zrangebyscore(key, "-inf", now, 0, _BATCH))
        return [one.decode() for one in found]

    def _put_back_unclaimed(self, now: float) -> None:
        taken = cast(list[bytes], self._redis.lrange(keys.TAKEN, 0, _BATCH - 1))
        ids = {one.decode() for one in taken}
        self._seen_taken = {one: self._seen_taken.get(one, now) for one in ids}
        for job_id, since in list(self._seen_taken.items()):
            if now - since >= self._unclaimed_seconds:
                logger.warning("A job was taken but never started", extra={"job_id": job_id})
                self._try(job_id, self._claims.put_back)

    def _try(self, job_id: str, move: Callable[[str], None]) -> None:
        """Make one move; a job that Redis has lost is taken out of its places.

        A job whose record cannot be read must not keep the others from being found.
        """
        try:
            move(job_id)
        except JobNotFound:
            bury(self._redis, job_id)
        except RedisError:
            raise
        except Exception:
            logger.exception("A job could not be moved", extra={"job_id": job_id})
