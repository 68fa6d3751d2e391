"""What a client may ask for: checks every field of a request and names all mistakes at once."""

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import BatchNotFound, FieldMistake, InvalidRequest, JobNotFound
from services.gateway.api.bounds import mistakes, value_or_fallback
from services.gateway.api.combinations import combination_mistakes
from services.gateway.api.targets import Platforms, rows, sizes, target_mistakes
from services.jobs.source import Source
from services.jobs.values import BATCH_ID, JOB_ID, JobSpec, Urgency
from services.jobs.views import options

_MOST_NAMED = 20
"""How many mistakes are named: they have to fit into a response's metadata."""


def check(request: Message) -> None:
    """Raise InvalidRequest naming every mistake of `request`, if there is one."""
    refuse(mistakes(request))


def job_spec(
    request: pb.CreateJobRequest, platforms: Platforms, found: Sequence[FieldMistake] = ()
) -> JobSpec:
    """Return what was asked for. Raises InvalidRequest naming every mistake, and those `found`."""
    refuse(
        [
            *mistakes(request),
            *target_mistakes(request, platforms),
            *combination_mistakes(request),
            *found,
        ]
    )
    return JobSpec(
        user_id=request.user_id,
        prompt=request.prompt,
        platforms=tuple(request.platforms),
        options=options.from_message(request.options),
        sizes=sizes(request),
        rows=rows(request.platforms, platforms),
        source=Source(upload_id=request.source.upload_id) if request.HasField("source") else None,
        urgency=Urgency(value_or_fallback(request, "urgency")),
        webhook_url=request.webhook_url,
    )


def job_id(text: str) -> str:
    """Return `text` if it can be a job's id. Raises JobNotFound."""
    if JOB_ID.fullmatch(text):
        return text
    raise JobNotFound("There is no such job. Check the job id.")


def batch_id(text: str) -> str:
    """Return `text` if it can be a batch's id. Raises BatchNotFound."""
    if BATCH_ID.fullmatch(text):
        return text
    raise BatchNotFound("There is no such batch. Check the batch's id.")


def refuse(found: Iterable[FieldMistake]) -> None:
    """Raise InvalidRequest for these mistakes, if there are any: one for each field."""
    by_field: dict[str, FieldMistake] = {}
    for mistake in found:
        by_field.setdefault(mistake.field, mistake)
    if named := [*by_field.values()][:_MOST_NAMED]:
        text = "; ".join(f"{mistake.field} {mistake.message}" for mistake in named)
        more = len(by_field) - len(named)
        raise InvalidRequest(f"{text}; and {more} more" if more else text, fields=named)
