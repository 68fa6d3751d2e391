"""What the pipeline needs from the other services, independent of gRPC."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

from services.common.assets import ProviderCall, Rendition
from services.common.targets import Target
from services.jobs.checkpoint import Checkpoint
from services.jobs.spend.purchases import Intent, Outcome
from services.jobs.uploads.upload import Upload
from services.leaves.purchases import Delivery, ImageOrder, PurchaseEvent, UnreadAnswer
from services.leaves.records import GenerationRecord
from services.leaves.resizer import Cut, Wishes
from services.worker.spool.parcel import Parcel
from services.worker.spool.spool import Held


class Generator(Protocol):
    """Buys images."""

    async def estimate(self, order: ImageOrder) -> int:
        """Return what `order` costs at most, in millionths of a US dollar. Raises AppError."""

    def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        """Buy one image: `Delivery` comes last, or `RawDelivery` and ProviderBadAnswer.

        Each call to an image API is reported as a ProviderCall. Raises AppError; if nobody can
        know whether a call was made, the error is `unanswered`.
        """

    def read_answer(
        self, answer: UnreadAnswer, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Delivery]:
        """Find the image in an answer that was paid for. Raises ProviderBadAnswer, AppError."""


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
        self,
        key: str,
        content_type: str,
        read: Callable[[], AsyncIterator[bytes]],
        size_bytes: int,
        sha256: str,
    ) -> None:
        """Store an object, whole or not at all; overwrites. Raises AppError.

        It waits for a storage that is away or full, and calls `read` for each try.
        """

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the objects that there are of `keys`, which are small. Raises AppError."""

    def get(self, key: str) -> AsyncIterator[bytes]:
        """Read an object. Raises ObjectNotFound, AppError."""

    async def delete(self, key: str) -> None:
        """Delete an object; one that does not exist counts as deleted. Raises AppError."""

    async def save(self, record: GenerationRecord) -> None:
        """Store a record; overwrites the one of the same id. Raises AppError."""

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        """Return a record. Raises GenerationNotFound, AppError."""

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        """Add what a job has cut to a generation; repeating it changes nothing.

        Raises AppError, and GenerationNotFound after deleting the images.
        """


class UploadFinder(Protocol):
    """Knows the uploads of all owners."""

    async def find(self, owner: str, upload_id: str) -> Upload | None:
        """Return an owner's upload."""


class Buffer(Protocol):
    """Bytes that can be read again and again until they are let go."""

    def read(self) -> AsyncIterator[bytes]:
        """Yield all of them."""

    def close(self) -> None:
        """Let them go."""


class Spool(Protocol):
    """Holds what is paid for until storage has it, even if the worker dies."""

    def is_full(self) -> bool:
        """Return whether so much is waiting for storage that nothing more should be bought."""

    async def hold(self, parcel: Parcel, chunks: AsyncIterator[bytes]) -> Held:
        """Keep a parcel, once all of `chunks` are read, until it is forgotten. Raises AppError."""

    async def find(self, job_id: str, master: int) -> Held | None:
        """Return the latest image for one master of a job, or without one the latest answer."""

    def forget(self, held: Held) -> None:
        """Remove a parcel: storage has it. Its bytes can be read until it is closed."""

    async def buffer(self, chunks: AsyncIterator[bytes]) -> Buffer:
        """Take all of `chunks`, which cost nothing. Raises what `chunks` raises."""


class Spending(Protocol):
    """Keeps the books of one attempt."""

    async def intend(self, intent: Intent) -> None:
        """Enter a purchase that is about to begin, however long that takes. Raises LeaseLost."""

    def settle(self, intent: Intent, outcome: Outcome, calls: Sequence[ProviderCall]) -> None:
        """Enter how it ended and the calls that it took; this never waits and never fails."""


class Reporter(Protocol):
    """Reports progress, fenced by the job's lease."""

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

        A checkpoint is always written, however long that takes; anything else is tried once, so
        that an image on its way to storage never waits for Redis.
        """
