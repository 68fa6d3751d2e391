"""The body of a message: the job as GET shows it, at the moment that the message tells of."""

import json
from collections.abc import Mapping

from google.protobuf import json_format
from snapasset.gateway.v1 import webhooks_pb2 as pb

from services.jobs.codec import moment
from services.jobs.record import job_of
from services.jobs.rq_record import read_rq_record
from services.jobs.state import read_state
from services.jobs.values import Job
from services.jobs.views.job import Views, timestamp


async def body(event: Mapping[bytes, bytes], views: Views) -> str:
    """Return the JSON that tells of an event as the outbox keeps it: see `tell.lua`.

    Raises what the links of its images raise.
    """
    job, rendition = _job(event), event[b"rendition"].decode()
    images = [image for image in job.images if image.platform == rendition]
    message = pb.WebhookMessage(
        type=event[b"type"].decode(),
        timestamp=timestamp(moment(int(event[b"at"]) / 1000)),
        data=await views.job(job),
        rendition=(await views.images(images))[0] if images else None,
    )
    return json_format.MessageToJson(
        message, indent=None, ensure_ascii=False, always_print_fields_with_no_presence=True
    )


def _job(event: Mapping[bytes, bytes]) -> Job:
    job_id = event[b"job"].decode()
    logs = [line.encode() for line in json.loads(event[b"logs"])]
    record = read_rq_record(_part(event, b"record:"))
    return job_of(job_id, record, read_state(_part(event, b"state:")), logs)


def _part(event: Mapping[bytes, bytes], prefix: bytes) -> Mapping[bytes, bytes]:
    return {
        name.removeprefix(prefix): value for name, value in event.items() if name.startswith(prefix)
    }
