"""What the pipeline needs of the other services, without a word of gRPC."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.gateway.jobs.values import JobSpec, Purchase, Rendition


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an image before its bytes. `sha256` is lower-case hex."""

    content_type: str
    width: int
    height: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Painting:
    """The model is at work: `percent` of the purchase, and a sentence for people."""

    percent: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A small JPEG of the unfinished image."""

    image: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderCall:
    """One call to the image API. `outcome` is "ok" or the code of its failure.

    `cost_micros` is what it cost by our price table, in millionths of a US dollar.
    """

    request_id: str
    model: str
    outcome: str
    input_tokens: int
    output_tokens: int
    stand_in: bool
    cost_micros: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """The image is there; `chunks` must be read before the call is left."""

    facts: Facts
    model: str
    revised_prompt: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """How a master is to be cut and written. Empty texts leave it to the resizer.

    `focal_point` is in fractions of width and height; `model` painted the master.
    """

    file_format: str = ""
    crop: str = ""
    focal_point: tuple[float, float] | None = None
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """One rendition is finished; `chunks` must be read before the next one is asked for."""

    platform: str
    facts: Facts
    crop: tuple[int, int, int, int]
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRecord:
    """What is remembered of a job after it is forgotten."""

    generation_id: str
    job_id: str
    spec: JobSpec
    purchases: Sequence[Purchase]
    images: Sequence[Rendition]
    calls: Sequence[ProviderCall]
    created_at: datetime


class Generator(Protocol):
    """Buys images."""

    def generate(
        self, spec: JobSpec, platforms: Sequence[str]
    ) -> AsyncIterator[Painting | Preview | ProviderCall | Bought]:
        """Buy one image to cut `platforms` from; `Bought` comes last. Raises AppError."""


class Resizer(Protocol):
    """Cuts renditions."""

    def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        platforms: Sequence[str],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """Cut one rendition for each platform, in order. Raises AppError."""


class Store(Protocol):
    """Keeps objects and records."""

    async def check_room(self, size_bytes: int) -> None:
        """Raise StorageFull when there is certainly no room for so many bytes; AppError."""

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        """Store an object, whole or not at all; overwrites. Raises AppError."""

    def get(self, key: str) -> AsyncIterator[bytes]:
        """Read an object. Raises ObjectNotFound, AppError."""

    async def save(self, record: GenerationRecord) -> None:
        """Store a record; overwrites the one of the same id. Raises AppError."""


class Spending(Protocol):
    """Keeps the books."""

    def note(self, owner: str, call: ProviderCall) -> None:
        """Enter a call; never waits and never fails."""


class Reporter(Protocol):
    """Tells the world of progress; fenced by the job's lease."""

    async def report(
        self,
        *,
        progress: int | None = None,
        message: str = "",
        log: str = "",
        checkpoint: Mapping[str, object] | None = None,
        preview: str = "",
    ) -> None:
        """Store and publish. Raises LeaseLost.

        A checkpoint is written for sure, however long it takes; anything else is tried once, so
        that an image on its way to the store never waits for Redis.
        """
