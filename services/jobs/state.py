"""What we keep of a job beside RQ's record: the fields of one hash, typed, and their texts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.common.assets import Rendition
from services.jobs import checkpoint, codec
from services.jobs.checkpoint import Checkpoint
from services.jobs.values import Failure, Result


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The state of a job; each field is one of its hash, under the same name."""

    owner: str
    attempts: int = 0
    """How often work on it has begun since it was created or retried."""
    refusals: int = 0
    """How often a service had no room for it."""
    progress: int = 0
    message: str = ""
    sequence: int = 0
    """Counts the changes that were told, so that a later one is known from an earlier one."""
    lease: str = ""
    """The token of whoever works on it; "" while nobody does."""
    next_run_at: datetime | None = None
    failure: Failure | None = None
    result: Result | None = None
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    images: tuple[Rendition, ...] = ()
    """Those of the checkpoint, as they are told."""
    request_id: str = ""
    traceparent: str = ""
    """Of the request that created it."""
    answer: str = ""
    """Key of what was answered to its Idempotency-Key."""
    cut_off: bool = False
    """An attempt was cancelled at work, and may still be storing what it has bought."""
    buy_again: bool = False
    """Its owner allows one purchase more; the next purchase uses that up."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How a value is read from its text and written as one."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _moment_text(when: datetime) -> str:
    return str(when.timestamp())


_TEXT = _Form(str, str)
_COUNT = _Form(int, str)
_MARK = _Form(bool, lambda _: "1")
_FORMS: Mapping[str, _Form] = MappingProxyType(
    {
        "owner": _TEXT,
        "attempts": _COUNT,
        "refusals": _COUNT,
        "progress": _COUNT,
        "message": _TEXT,
        "sequence": _COUNT,
        "lease": _TEXT,
        "next_run_at": _Form(codec.moment, _moment_text),
        "failure": _Form(lambda text: codec.failure_from_json(json.loads(text)), codec.dumps),
        "result": _Form(lambda text: codec.result_from_json(json.loads(text)), codec.dumps),
        "checkpoint": _Form(lambda text: checkpoint.from_json(json.loads(text)), codec.dumps),
        "images": _Form(lambda text: codec.images_from_json(json.loads(text)), codec.dumps),
        "request_id": _TEXT,
        "traceparent": _TEXT,
        "answer": _TEXT,
        "cut_off": _MARK,
        "buy_again": _MARK,
    }
)


def read_state(raw: Mapping[bytes, bytes]) -> State:
    """Return the state that a hash holds; fields that another version has added are left out."""
    texts = {name.decode(): value.decode() for name, value in raw.items()}
    return State(**{name: form.read(texts[name]) for name, form in _FORMS.items() if name in texts})


def changes(before: State | None, after: State) -> tuple[dict[str, str], list[str]]:
    """Return the fields to be written, and those to be deleted, to turn `before` into `after`."""
    written, deleted = {}, []
    for name, form in _FORMS.items():
        value = getattr(after, name)
        if before is not None and value == getattr(before, name):
            continue
        if value is None or value is False or value in ("", (), Checkpoint()):
            deleted.append(name)
        else:
            written[name] = form.write(value)
    return written, deleted if before else []
