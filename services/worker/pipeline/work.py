"""One attempt at one job: what its steps share."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from services.common.assets import COMPOSITE, MODEL, Facts, Purchase, Rendition, master_of
from services.common.keys import generation_folder
from services.jobs.checkpoint import Checkpoint
from services.jobs.plan import PlannedMaster
from services.jobs.values import JobSpec
from services.worker.pipeline.allowance import Ledger
from services.worker.pipeline.at_hand import AtHand
from services.worker.pipeline.kept import keep
from services.worker.pipeline.ports import (
    Generator,
    Resizer,
    Spending,
    Spool,
    Store,
    UploadFinder,
)
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.shortfall import Shortfall
from services.worker.spool.spool import Held

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}
_MARK_DIGITS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """The services that the steps use."""

    generator: Generator
    resizer: Resizer
    store: Store
    uploads: UploadFinder


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One attempt at one job."""

    job_id: str
    spec: JobSpec
    key: str = ""
    """The name of the API key that created the job."""
    checkpoint: Checkpoint
    ports: Ports
    spending: Spending
    spool: Spool
    ledger: Ledger
    rescue: Rescue = field(default_factory=Rescue)
    at_hand: AtHand = field(default_factory=AtHand)
    shortfall: Shortfall = field(default_factory=Shortfall)

    @property
    def generation_id(self) -> str:
        """The id of the generation that the job's images belong to."""
        return self.spec.generation_of(self.job_id)

    @property
    def folder(self) -> str:
        """The prefix of the keys of everything that this job stores."""
        return generation_folder(self.spec.user_id, self.generation_id)

    def key_of(self, target: str, facts: Facts) -> str:
        """Return the key of the rendition for a target.

        The marks of jobs that cut the same generation again differ, so what is stored under a key
        never changes.
        """
        mark = ""
        if self.spec.cuts_again:
            mark = f"-{hashlib.sha256(self.job_id.encode()).hexdigest()[:_MARK_DIGITS]}"
        extension = _EXTENSIONS[facts.content_type]
        return f"{self.folder}{target}{mark}-{facts.width}x{facts.height}.{extension}"

    @property
    def origin(self) -> str:
        """What the masters of this job come from."""
        return COMPOSITE if self.spec.references else MODEL

    def master_for(self, planned: PlannedMaster) -> Purchase | None:
        """Return what the targets of a planned master are cut from, None if that is missing."""
        if found := master_of(self.checkpoint.purchases, planned.number):
            return found
        first = master_of(self.checkpoint.purchases, 1)
        fits = planned.extends and first and planned.suits(first.master.width, first.master.height)
        return first if fits else None

    async def store(self, held: Held) -> None:
        """Put a parcel of the spool into storage, and keep its file at hand."""
        try:
            await keep(self.ports.store, self.spool, held)
        except BaseException:
            held.close()
            raise
        self.at_hand.add(held)

    def read(self, image: Rendition) -> AsyncIterator[bytes]:
        """Yield the bytes of a stored image. Raises ObjectNotFound, AppError."""
        return self.at_hand.read(image.key) or self.ports.store.get(image.key)

    @property
    def images(self) -> tuple[Rendition, ...]:
        """The renditions so far, in the order requested."""
        kept = self.checkpoint.images
        return tuple(kept[target.id] for target in self.spec.targets if target.id in kept)
