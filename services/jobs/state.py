"""What we keep about a job besides RQ's record: one hash, its typed fields and their encoding."""

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
    """The state of a job; each attribute is the field of the same name in its hash."""

    owner: str
    attempts: int = 0
    """How many attempts have begun since it was created or retried."""
    refusals: int = 0
    """How often a service had no room for it."""
    progress: int = 0
    message: str = ""
    sequence: int = 0
    """Counts the published changes, so that a reader knows which of two is the later."""
    lease: str = ""
    """The token of its lease; "" while nobody works on it."""
    next_run_at: datetime | None = None
    failure: Failure | None = None
    result: Result | None = None
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    images: tuple[Rendition, ...] = ()
    """Those of the checkpoint, in the form in which they are published."""
    request_id: str = ""
    traceparent: str = ""
    """From the request that created it."""
    answer: str = ""
    """The key of the answer to its Idempotency-Key."""
    gives_way: bool = False
    """It begins only while no job waits that does not give way: the urgency of its spec."""
    batch: str = ""
    """The id of the batch with which it was created."""
    key: str = ""
    """The name of the API key that created it."""
    cut_off: bool = False
    """An attempt was cancelled in mid-work, and may still be storing what it has bought."""
    buy_again: bool = False
    """Its owner allows one more purchase; the next one uses that up."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How a value is parsed from its string and written as one."""

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
        "gives_way": _MARK,
        "batch": _TEXT,
        "key": _TEXT,
        "cut_off": _MARK,
        "buy_again": _MARK,
    }
)


_BLANK = ("", (), Checkpoint())


def read_state(raw: Mapping[bytes, bytes]) -> State:
    """Return the state that a hash holds; fields added by another version are ignored."""
    texts = {name.decode(): value.decode() for name, value in raw.items()}
    return State(**{name: form.read(texts[name]) for name, form in _FORMS.items() if name in texts})


def changes(before: State | None, after: State) -> tuple[dict[str, str], list[str]]:
    """Return the fields to write, and those to delete, to turn `before` into `after`."""
    written, deleted = {}, []
    for name, form in _FORMS.items():
        value = getattr(after, name)
        if before is not None and value == getattr(before, name):
            continue
        if value is None or value is False or value in _BLANK:
            deleted.append(name)
        else:
            written[name] = form.write(value)
    return written, deleted if before else []
