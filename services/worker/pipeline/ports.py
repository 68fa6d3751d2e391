"""What the pipeline needs of the other services, without a word of gRPC."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from services.common.assets import ProviderCall
from services.common.targets import Target
from services.jobs.checkpoint import Checkpoint
from services.leaves.generator import ImageOrder, PurchaseEvent
from services.leaves.records import GenerationRecord
from services.leaves.resizer import Cut, Wishes


class Generator(Protocol):
    """Buys images."""

    def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        """Buy one image; `Delivery` comes last. Raises AppError."""


class Resizer(Protocol):
    """Cuts renditions."""

    def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """Cut one rendition for each target, in order. Raises AppError."""


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
        checkpoint: Checkpoint | None = None,
        preview: str = "",
    ) -> None:
        """Store and publish. Raises LeaseLost.

        A checkpoint is written for sure, however long it takes; anything else is tried once, so
        that an image on its way to the store never waits for Redis.
        """
