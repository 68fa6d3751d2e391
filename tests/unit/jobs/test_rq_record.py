"""RQ's record of a job: we write it ourselves, and RQ reads it as one of its own."""

from datetime import UTC, datetime
from typing import Any, cast

from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from services.jobs.codec import spec_to_json
from services.jobs.rq_record import new_rq_record, read_rq_record, rq_changes
from services.jobs.values import Status
from tests.unit.jobs.shop import ADA

WHEN = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)


def stored(**more: Any) -> dict[bytes, bytes]:
    """Return a record as Redis returns it."""
    fields = {**new_rq_record(ADA), **more}
    return {
        name.encode(): value if isinstance(value, bytes) else str(value).encode()
        for name, value in fields.items()
    }


def test_rq_reads_what_we_write() -> None:
    job = Job("gen-1", connection=cast(Any, object()), serializer=JSONSerializer)
    job.restore(stored(**rq_changes(Status.ACTIVE, WHEN, "worker-1")))
    assert job.kwargs == spec_to_json(ADA)
    assert (job.origin, job.worker_name) == ("snapasset", "worker-1")
    assert job.get_status(refresh=False) is JobStatus.STARTED
    assert job.started_at == WHEN


def test_we_read_what_we_write() -> None:
    record = read_rq_record(stored(**rq_changes(Status.ACTIVE, WHEN, "worker-1")))
    assert record.spec == ADA
    assert (record.status, record.started_at, record.ended_at) == (Status.ACTIVE, WHEN, None)
