"""What a client may ask for: checks every field of a request and names all mistakes at once."""

import re
from collections.abc import Iterable, Mapping

from services.common.errors import FieldMistake, InvalidRequest, JobNotFound
from services.common.platforms import PLATFORMS
from services.gateway.jobs.values import JOB_ID, JobSpec, Status

_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}")
_MIN_PROMPT, _MAX_PROMPT = 10, 4_000
_MAX_PLATFORMS = 16
_MAX_PAGE, _USUAL_PAGE = 100, 20

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "quality": ("standard", "hd", "low", "medium", "high", "auto"),
    "style": ("vivid", "natural"),
    "format": ("jpeg", "png", "webp"),
}
"""The options of a job and their values."""


def job_spec(
    user_id: str, prompt: str, platforms: Iterable[str], options: Mapping[str, str]
) -> JobSpec:
    """Return what was asked for. Raises InvalidRequest naming every mistake."""
    wanted = tuple(platforms)
    mistakes = [
        FieldMistake(field, message)
        for field, message in (
            ("userId", _user_id(user_id)),
            ("prompt", _prompt(prompt)),
            ("platforms", _platforms(wanted)),
            *((f"platforms[{i}]", _platform(one, wanted[:i])) for i, one in enumerate(wanted)),
            *((f"options.{name}", _option(name, value)) for name, value in options.items()),
        )
        if message
    ]
    refuse(mistakes)
    return JobSpec(user_id=user_id, prompt=prompt, platforms=wanted, options=dict(options))


def job_id(text: str) -> str:
    """Return `text` if it can be a job's id. Raises JobNotFound."""
    if JOB_ID.fullmatch(text):
        return text
    raise JobNotFound("There is no such job. Check the job id.")


def page_size(limit: int | None) -> int:
    """Return how many rows a page has. Raises InvalidRequest."""
    if limit is None:
        return _USUAL_PAGE
    if not 1 <= limit <= _MAX_PAGE:
        refuse([FieldMistake("limit", f"must be 1 to {_MAX_PAGE}")])
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
    if not _USER_ID.fullmatch(text):
        return 'must be 1 to 128 letters, digits or "._@:+-", beginning with a letter or digit'
    return ""


def _prompt(text: str) -> str:
    if not text.strip():
        return "is required"
    if len(text.strip()) < _MIN_PROMPT or len(text) > _MAX_PROMPT:
        return f"must be {_MIN_PROMPT} to {_MAX_PROMPT} characters, got {len(text.strip())}"
    if any(ord(c) < 32 and c not in "\t\n\r" for c in text):
        return "must not contain control characters"
    return ""


def _platforms(wanted: tuple[str, ...]) -> str:
    if not wanted:
        return "is required: name at least one platform"
    if len(wanted) > _MAX_PLATFORMS:
        return f"must be at most {_MAX_PLATFORMS}"
    return ""


def _platform(one: str, earlier: tuple[str, ...]) -> str:
    if one not in PLATFORMS:
        return f"must be one of {', '.join(PLATFORMS)}"
    return "is there twice" if one in earlier else ""


def _option(name: str, value: str) -> str:
    if name not in OPTIONS:
        return f"is unknown; there are {', '.join(OPTIONS)}"
    return "" if value in OPTIONS[name] else f"must be one of {', '.join(OPTIONS[name])}"
