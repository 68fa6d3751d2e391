"""All jobs of one owner, for deleting everything that is kept about that owner."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

from services.common.errors import JobNotCancellable, JobNotFound
from services.jobs import keys
from services.jobs.conditions import IN_FLIGHT
from services.jobs.line import Line
from services.jobs.moves import Moves
from services.jobs.records import Records
from services.jobs.rq_record import key_of
from services.jobs.values import Status

_CUT_OFF = (Status.FAILED, Status.CANCELLED)
_BATCH = 500


class OwnedJobs:
    """Cancels and deletes. Sync, for use in threads."""

    def __init__(self, records: Records, moves: Moves) -> None:
        self._redis = records.redis
        self._line = Line(records.redis)
        self._moves = moves

    def cancel_in_flight(self, owner: str) -> int:
        """Cancel the unfinished jobs; return how many there were."""
        cancelled = 0
        for status in IN_FLIGHT:
            for job_id in self._ids(keys.owned(owner, status)):
                with suppress(JobNotFound, JobNotCancellable):  # it has ended in the meantime
                    self._moves.cancel(job_id)
                    cancelled += 1
        return cancelled

    def last_cut_off(self, owner: str) -> datetime | None:
        """Return the latest end of a job whose worker may not have noticed it yet."""
        pipe = self._redis.pipeline(transaction=False)
        for status in _CUT_OFF:
            for job_id in self._ids(keys.owned(owner, status)):
                pipe.hget(key_of(job_id), "ended_at")
        times = [datetime.fromisoformat(found.decode()) for found in pipe.execute() if found]
        return max((time.astimezone(UTC) for time in times), default=None)

    def delete_some(self, owner: str) -> tuple[int, bool]:
        """Delete some ended jobs; return how many, and whether none is left."""
        ids = self._ids(keys.owned(owner), _BATCH)
        deleted = sum(self._moves.forget(job_id, with_answer=True) for job_id in ids)
        remaining = self._drop_gone(owner, ids)
        self._line.end_turn(owner)
        return deleted, len(ids) < _BATCH and not remaining

    def _drop_gone(self, owner: str, ids: list[str]) -> int:
        """Drop what is left of jobs that Redis has forgotten; return how many it still has."""
        pipe = self._redis.pipeline(transaction=False)
        for job_id in ids:
            pipe.exists(key_of(job_id), keys.state(job_id))
        gone = [job_id for job_id, parts in zip(ids, pipe.execute(), strict=True) if parts < 2]
        for job_id in gone:
            pipe.delete(key_of(job_id), keys.state(job_id), keys.logs(job_id))
            for status in (None, *Status):
                pipe.zrem(keys.owned(owner, status), job_id)
        pipe.execute()
        return len(ids) - len(gone)

    def _ids(self, index: str, most: int = 0) -> list[str]:
        found = cast(list[Any], self._redis.zrange(index, 0, most - 1))
        return [one.decode() for one in found]
