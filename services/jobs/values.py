"""What a job is: its states, what was asked for, and what callers may see of it."""

import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from services.common.assets import Purchase, Rendition
from services.common.errors import Unavailable
from services.common.options import JobOptions, RenditionOptions
from services.common.platforms import PLATFORMS
from services.common.targets import Target
from services.jobs.source import Source


class Status(StrEnum):
    """The states of a job, spelled as in the API guide."""

    WAITING = "waiting"
    ACTIVE = "active"
    DELAYED = "delayed"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """True when nothing more will happen unless somebody asks for a retry."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomSize:
    """A size of the client's own, in pixels. `name` takes the place of a platform's id."""

    name: str
    width: int
    height: int

    @property
    def target(self) -> Target:
        """What is cut for it."""
        return Target(id=self.name, name=self.name, width=self.width, height=self.height)


class Urgency(StrEnum):
    """When a job may begin, spelled as in the public API."""

    NORMAL = "normal"
    """As soon as it is its owner's turn."""
    BATCH = "batch"
    """Only while no normal job of anybody waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentPicture:
    """An upload that images are painted from, or the mask of one."""

    upload_id: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSpec:
    """What a client asked for.

    `platforms` are ids, `sizes` are the client's own. `rows` holds the platforms that are missing
    from our table or differ from it: the job is cut as promised, whatever the operator changes
    about the platforms in the meantime. A job with a `source` buys nothing;
    one with `references` buys edits of them, within the `mask` of the first. `overrides` are by the
    ids of the targets that are not all cut as the options say.
    """

    user_id: str
    prompt: str
    platforms: tuple[str, ...] = ()
    options: JobOptions = field(default_factory=JobOptions)
    sizes: tuple[CustomSize, ...] = ()
    rows: tuple[Target, ...] = ()
    source: Source | None = None
    overrides: Mapping[str, RenditionOptions] = field(default_factory=dict)
    urgency: Urgency = Urgency.NORMAL
    references: tuple[SentPicture, ...] = ()
    mask: SentPicture | None = None
    webhook_url: str = ""
    """The address that is told how the job ends, in addition to its owner's webhooks."""

    @property
    def uploads(self) -> Mapping[str, str]:
        """The ids of the uploads that the job needs, by the fields of the request with them."""
        named = {
            "source.uploadId": self.source.upload_id if self.source else "",
            **{f"references[{at}]": one.upload_id for at, one in enumerate(self.references)},
            "mask": self.mask.upload_id if self.mask else "",
        }
        return {field: upload_id for field, upload_id in named.items() if upload_id}

    @property
    def cuts_again(self) -> bool:
        """Whether the job adds renditions to a generation instead of making one."""
        return self.source is not None and bool(self.source.generation_id)

    def generation_of(self, job_id: str) -> str:
        """Return the id of the generation that the images of the job `job_id` belong to."""
        return (
            self.source.generation_id if self.source and self.cuts_again else generation_id(job_id)
        )

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the images are cut for, in the order requested, sizes last. The ids are unique.

        Raises Unavailable for a platform of a later version, which another process may know.
        """
        known = {**PLATFORMS, **{row.id: row for row in self.rows}}
        if unknown := [one for one in self.platforms if one not in known]:
            raise Unavailable(f"This version does not know the platform {unknown[0]}.")
        return (*map(known.__getitem__, self.platforms), *(size.target for size in self.sizes))


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a job failed or is delayed: a stable code, and a sentence for people."""

    code: str
    message: str
    retryable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PartFailure:
    """Something that a completed job could not make, and why: a `target`, by id, or a `master`."""

    failure: Failure
    target: str = ""
    master: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came out of a completed job: at least one purchase and one image.

    `failures` is what it could not make; a retry of the job makes only that.
    """

    generation_id: str
    purchases: tuple[Purchase, ...]
    images: tuple[Rendition, ...]
    failures: tuple[PartFailure, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job as it was at one moment."""

    id: str
    spec: JobSpec
    status: Status
    created_at: datetime
    progress: int = 0
    message: str = ""
    logs: tuple[str, ...] = ()
    attempts: int = 0
    sequence: int = 0
    processed_at: datetime | None = None
    finished_at: datetime | None = None
    next_run_at: datetime | None = None
    images: tuple[Rendition, ...] = ()
    """Those that are finished so far."""
    result: Result | None = None
    failure: Failure | None = None
    request_id: str = ""
    batch_id: str = ""

    @property
    def generation_id(self) -> str:
        """The id of the generation that its images belong to."""
        return self.spec.generation_of(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Something that happened to a job. It carries the full state, so a later one replaces it."""

    type: str
    status: Status
    progress: int
    message: str
    sequence: int
    at: datetime
    result: Result | None = None
    failure: Failure | None = None
    next_run_at: datetime | None = None
    preview: str | None = None
    images: tuple[Rendition, ...] = ()
    """Those that are finished so far."""


JOB_ID = re.compile(r"gen-\d{13}-[0-9a-f]{32}")
"""The form of a job id; ids sort by age."""


def new_job_id() -> str:
    """Return `gen-<ms since 1970>-<32 hex digits>`: the guide's form with 128 random bits."""
    return f"gen-{time.time_ns() // 1_000_000}-{secrets.token_hex(16)}"


BATCH_ID = re.compile(r"batch-\d{13}-[0-9a-f]{32}")
"""The form of a batch's id; ids sort by age."""


def new_batch_id() -> str:
    """Return `batch-<ms since 1970>-<32 hex digits>`."""
    return f"batch-{time.time_ns() // 1_000_000}-{secrets.token_hex(16)}"


@lru_cache(maxsize=1000)
def generation_id(job_id: str) -> str:
    """Return the id of the record of `job_id`: a UUID in the layout of version 7.

    Its first 48 bits are the job's time, so records sort by age; the rest is a digest of the job
    id, so it is reproducible, and can be guessed only by someone who knows the job's id.
    """
    digest = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:16], "big")
    bits = (_created_ms(job_id) & (2**48 - 1)) << 80 | digest & (2**80 - 1)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=bits))


def created_at(job_id: str) -> datetime:
    """Return when `job_id` was created."""
    return datetime.fromtimestamp(_created_ms(job_id) / 1000, UTC)


def _created_ms(job_id: str) -> int:
    return int(job_id.split("-")[1])
