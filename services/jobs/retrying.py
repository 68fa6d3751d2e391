"""Admits an ended job again: it keeps what it has, and counts as a new job if it has to buy."""

from dataclasses import replace

from services.common.errors import JobNotRetryable
from services.jobs import keys
from services.jobs.conditions import Conditions, Verdict
from services.jobs.move import Move
from services.jobs.record import Record
from services.jobs.records import Records, as_read
from services.jobs.rq_record import key_of
from services.jobs.scripts import read_script
from services.jobs.values import Status

_RETRY = read_script("retry")


class Retrying:
    """Puts jobs that did not make everything back in line. Sync and thread-safe, for threads."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def retry(self, job_id: str, conditions: Conditions, *, buy_again: bool = False) -> Verdict:
        """Put an ended job back in line with fresh attempts; its checkpoint stays.

        `buy_again`: it may buy once more, whatever became of earlier purchases. A job with a source
        never buys.
        Raises JobNotFound, JobNotRetryable.
        """
        while True:
            record = self._records.read(job_id)
            move = _retried(record, buy_again=buy_again)
            names = [key_of(job_id), keys.state(job_id), *conditions.keys(record.state.owner)]
            buys = (buy_again and not record.spec.source) or record.must_buy
            commands = self._records.commands(record, move).words
            args = [*as_read(record), "buys" if buys else "", *conditions.args, *commands]
            became, told = _RETRY.run(self._records.redis, names, args)
            if became != b"changed":
                return Verdict(became=became.decode(), told=told.decode())


def _retried(record: Record, *, buy_again: bool) -> Move:
    if record.status not in (Status.FAILED, Status.CANCELLED) and not _is_partial(record):
        whole = " and has made everything" if record.status is Status.COMPLETED else ""
        raise JobNotRetryable(
            "Only failed and cancelled jobs can be retried, and completed ones with failures; this "
            f"one is {record.status}{whole}."
        )
    state = replace(
        record.state, attempts=0, refusals=0, progress=0, buy_again=buy_again, result=None
    )
    text = "Waiting in the queue"
    return Move(to=Status.WAITING, state=state, message=text, log="Retry requested")


def _is_partial(record: Record) -> bool:
    result = record.state.result
    return record.status is Status.COMPLETED and result is not None and bool(result.failures)
