"""What a client may ask for: checks every field of a request and names all mistakes at once."""

from collections.abc import Iterable

from google.protobuf.message import Message
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake, InvalidRequest, JobNotFound
from services.gateway.api import options
from services.gateway.api.bounds import mistakes
from services.jobs.values import JOB_ID, JobSpec


def check(request: Message) -> None:
    """Raise InvalidRequest naming every mistake of `request`, if there is one."""
    refuse(mistakes(request))


def job_spec(request: pb.CreateJobRequest) -> JobSpec:
    """Return what was asked for. Raises InvalidRequest naming every mistake."""
    check(request)
    return JobSpec(
        user_id=request.user_id,
        prompt=request.prompt,
        platforms=tuple(request.platforms),
        options=options.from_message(request.options),
    )


def job_id(text: str) -> str:
    """Return `text` if it can be a job's id. Raises JobNotFound."""
    if JOB_ID.fullmatch(text):
        return text
    raise JobNotFound("There is no such job. Check the job id.")


def refuse(found: Iterable[FieldMistake]) -> None:
    """Raise InvalidRequest for these mistakes, if there are any."""
    if named := list(found):
        text = "; ".join(f"{mistake.field} {mistake.message}" for mistake in named)
        raise InvalidRequest(text, fields=named)
