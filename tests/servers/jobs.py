"""Puts jobs in line as the gateway does, without a gateway and within no bounds."""

from services.common import context
from services.jobs import keys
from services.jobs.conditions import Bounds, Conditions
from services.jobs.creation import creation
from services.jobs.moving_window import Policy
from services.jobs.records import Records
from services.jobs.values import JobSpec, new_job_id

REQUEST_ID = "request-1"
AMPLE = Conditions(
    bounds=Bounds(in_flight=10**9, waiting=10**9),
    policy=Policy.parse("100000000/second"),
    counted=keys.counted("new jobs", "user:tests"),
)


def put_in_line(records: Records, spec: JobSpec, conditions: Conditions = AMPLE) -> str:
    """Create a job and return its id."""
    job_id, earlier = new_job_id(), context.request_id.set(REQUEST_ID)
    new = creation(records.places, job_id, spec, conditions)
    context.request_id.reset(earlier)
    became, told = new.script.run(records.redis, new.keys, new.args)
    assert (became, told.decode()) == (b"in", job_id), became
    return job_id
