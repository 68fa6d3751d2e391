"""Moves jobs that nobody holds: those due for a retry, and those whose worker was lost."""

from services.jobs import codec
from services.jobs.claims import failed
from services.jobs.move import Move
from services.jobs.record import Record
from services.jobs.records import Records
from services.jobs.values import Failure, Status


class Repairs:
    """Moves jobs on. Each move checks again whether it is needed. Sync, for use in threads."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def wake(self, job_id: str) -> None:
        """Put a delayed job back in line once its time has come. Raises JobNotFound."""

        def decide(record: Record) -> Move | None:
            due = record.state.next_run_at or codec.moment(0)
            if record.status is not Status.DELAYED or due > codec.moment(record.now):
                return None
            text = "Waiting for another attempt"
            return Move(to=Status.WAITING, state=record.state, message=text, front=True)

        self._records.move(job_id, decide)

    def take_over(self, job_id: str, max_attempts: int) -> None:
        """Free a job whose lease has expired: it goes back in line, or fails for good.

        Raises JobNotFound.
        """

        def decide(record: Record) -> Move | None:
            ends, attempts = record.lease_ends, record.state.attempts
            if record.status is not Status.ACTIVE or ends is None or ends > record.now:
                return None
            if attempts >= max_attempts:
                text = f"The worker was lost in the last of {attempts} attempts."
                return failed(record, Failure(code="WORKER_LOST", message=text, retryable=True))
            text = "The worker was lost; another one takes over"
            return Move(to=Status.WAITING, state=record.state, message=text, log=text, front=True)

        self._records.move(job_id, decide)
