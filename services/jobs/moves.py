"""What callers do with jobs: cancel and forget them."""

from dataclasses import replace

from services.common.errors import JobNotCancellable, JobNotFound
from services.jobs import codec, keys
from services.jobs.commands import Commands
from services.jobs.cut_off import GONE_SECONDS
from services.jobs.move import Move
from services.jobs.record import Record
from services.jobs.records import Records
from services.jobs.rq_record import key_of
from services.jobs.values import Status


class Moves:
    """Cancels and forgets jobs. Sync and thread-safe, for use in threads."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._redis = records.redis

    def cancel(self, job_id: str) -> None:
        """Cancel an unfinished job and tell its worker. Cancelling twice changes nothing.

        Raises JobNotFound, JobNotCancellable.
        """

        def decide(record: Record) -> Move | None:
            if record.status is Status.CANCELLED:
                return None
            if record.status.ended:
                raise JobNotCancellable(f"The job has {record.status}; there is nothing to cancel.")
            text, at_work = "Job cancelled", record.status is Status.ACTIVE
            state = replace(record.state, cut_off=record.state.cut_off or at_work)
            also = _cut_off(job_id, record.state.lease) if at_work else None
            return Move(to=Status.CANCELLED, state=state, message=text, log=text, also=also)

        self._records.move(job_id, decide)

    def forget(self, job_id: str, *, with_answer: bool = False) -> bool:
        """Delete an ended job. False when it has not ended or is gone.

        `with_answer`: also the answer its creator got, so that the Idempotency-Key is free again.
        """
        try:
            while True:
                record = self._records.read(job_id)
                if not record.status.ended:
                    return False
                commands = self._forgetting(record, with_answer=with_answer)
                if self._records.run_if_unmoved(record, commands):
                    return True
        except JobNotFound:
            return False

    def _forgetting(self, record: Record, *, with_answer: bool) -> Commands:
        job_id, state, commands = record.job_id, record.state, Commands()
        self._records.places.vacate(commands, job_id, state, record.status)
        commands.add("ZREM", keys.owned(state.owner), job_id)
        if state.batch:
            commands.add("ZREM", keys.jobs_of_batch(state.batch), job_id)
        commands.add("DEL", key_of(job_id), keys.state(job_id))
        commands.add("DEL", keys.logs(job_id), keys.cut_off(job_id))
        # The key may since have been used for another job.
        if with_answer and state.answer and self._answered(state.answer) == job_id:
            commands.add("DEL", state.answer)
        return commands

    def _answered(self, key: str) -> str:
        job = self._redis.hget(key, "job")
        return job.decode() if isinstance(job, bytes) else ""


def _cut_off(job_id: str, lease: str) -> Commands:
    """Return the commands that tell a worker, and note that it may still be storing an image."""
    commands = Commands()
    commands.add("SADD", keys.cut_off(job_id), lease)
    commands.add("PEXPIRE", keys.cut_off(job_id), int(GONE_SECONDS * 1000))
    commands.add("PUBLISH", keys.COMMANDS, codec.dumps({"cancel": job_id, "lease": lease}))
    return commands
