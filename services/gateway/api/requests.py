"""What a client may ask for: checks every field of a request and names all mistakes at once."""

from collections.abc import Iterable, Iterator, Mapping

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake, InvalidRequest, JobNotFound
from services.common.keys import USER_ID, USER_ID_RULE
from services.common.platforms import PLATFORMS
from services.gateway.api import options
from services.jobs.groups import PER_ASPECT
from services.jobs.values import JOB_ID, JobSpec, Status

MIN_PROMPT, MAX_PROMPT = 10, 4_000
MAX_PLATFORMS = 16
MAX_PAGE, USUAL_PAGE = 100, 20

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "quality": ("standard", "hd", "low", "medium", "high", "auto"),
    "style": ("vivid", "natural"),
    "format": ("jpeg", "png", "webp", "avif"),
    "crop": ("smart", "center"),
    "masters": ("one", PER_ASPECT),
}
"""The options of a job that are words, and their values; beside them there is the focal point."""


def job_spec(request: pb.CreateJobRequest) -> JobSpec:
    """Return what was asked for. Raises InvalidRequest naming every mistake."""
    wanted = tuple(request.platforms)
    mistakes = [
        FieldMistake(field, message)
        for field, message in (
            ("userId", _user_id(request.user_id)),
            ("prompt", _prompt(request.prompt)),
            ("platforms", _platforms(wanted)),
            *_each_platform(wanted[:MAX_PLATFORMS]),
            *_each_option(request.options),
        )
        if message
    ]
    refuse(mistakes)
    return JobSpec(
        user_id=request.user_id,
        prompt=request.prompt,
        platforms=wanted,
        options=options.from_message(request.options),
    )


def user_id(text: str) -> str:
    """Return `text` if it can be an owner's id. Raises InvalidRequest."""
    if mistake := _user_id(text):
        refuse([FieldMistake("userId", mistake)])
    return text


def job_id(text: str) -> str:
    """Return `text` if it can be a job's id. Raises JobNotFound."""
    if JOB_ID.fullmatch(text):
        return text
    raise JobNotFound("There is no such job. Check the job id.")


def page_size(limit: int | None) -> int:
    """Return how many rows a page has. Raises InvalidRequest."""
    if limit is None:
        return USUAL_PAGE
    if not 1 <= limit <= MAX_PAGE:
        refuse([FieldMistake("limit", f"must be 1 to {MAX_PAGE}")])
    return limit


def status(text: str | None, choices: Iterable[Status] = tuple(Status)) -> Status | None:
    """Return the state that a request names, None for none. Raises InvalidRequest."""
    if not text:
        return None
    if text not in tuple(choices):
        refuse([FieldMistake("status", f"must be one of {', '.join(choices)}")])
    return Status(text)


def refuse(mistakes: list[FieldMistake]) -> None:
    """Raise InvalidRequest for these mistakes, if there are any."""
    if mistakes:
        text = "; ".join(f"{mistake.field} {mistake.message}" for mistake in mistakes)
        raise InvalidRequest(text, fields=mistakes)


def _user_id(text: str) -> str:
    if not text:
        return "is required"
    return "" if USER_ID.fullmatch(text) else USER_ID_RULE


def _prompt(text: str) -> str:
    if not text.strip():
        return "is required"
    if len(text.strip()) < MIN_PROMPT:
        return f"must be at least {MIN_PROMPT} characters, got {len(text.strip())}"
    if len(text) > MAX_PROMPT:
        return f"must be at most {MAX_PROMPT} characters, got {len(text)}"
    if any(ord(c) < 32 and c not in "\t\n\r" for c in text):
        return "must not contain control characters"
    return ""


def _platforms(wanted: tuple[str, ...]) -> str:
    if not wanted:
        return "is required: name at least one platform"
    if len(wanted) > MAX_PLATFORMS:
        return f"must be at most {MAX_PLATFORMS}, got {len(wanted)}"
    return ""


def _each_platform(wanted: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    # Said once: sixteen mistakes have to fit into the metadata of a response.
    choice = f"; there are {', '.join(PLATFORMS)}"
    for i, one in enumerate(wanted):
        if one not in PLATFORMS:
            yield f"platforms[{i}]", f"is unknown{choice}"
            choice = ""
        elif one in wanted[:i]:
            yield f"platforms[{i}]", "is there twice"


def _each_option(given: pb.JobOptions) -> Iterator[tuple[str, str]]:
    for field, value in given.ListFields():
        if field.name in OPTIONS and value not in OPTIONS[field.name]:
            yield f"options.{field.name}", f"must be one of {', '.join(OPTIONS[field.name])}"
    point = given.focal_point
    if not (0 <= point.x <= 1 and 0 <= point.y <= 1):  # NaN is neither
        yield "options.focalPoint", "must have x and y of 0 to 1"
