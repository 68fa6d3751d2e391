"""One attempt at one job: what its steps share."""

from dataclasses import dataclass, field

from services.common.assets import Rendition
from services.common.keys import generation_folder
from services.jobs.checkpoint import Checkpoint
from services.jobs.values import JobSpec
from services.worker.pipeline.allowance import Ledger
from services.worker.pipeline.ports import Generator, Resizer, Spending, Spool, Store
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.shortfall import Shortfall


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """The services that the steps use."""

    generator: Generator
    resizer: Resizer
    store: Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One attempt at one job."""

    job_id: str
    spec: JobSpec
    checkpoint: Checkpoint
    ports: Ports
    spending: Spending
    spool: Spool
    ledger: Ledger
    rescue: Rescue = field(default_factory=Rescue)
    shortfall: Shortfall = field(default_factory=Shortfall)

    @property
    def generation_id(self) -> str:
        """The id of the generation that the job's images belong to."""
        return self.spec.generation_of(self.job_id)

    @property
    def folder(self) -> str:
        """The prefix of the keys of everything that this job stores."""
        return generation_folder(self.spec.user_id, self.generation_id)

    @property
    def images(self) -> tuple[Rendition, ...]:
        """The renditions so far, in the order requested."""
        kept = self.checkpoint.images
        return tuple(kept[target.id] for target in self.spec.targets if target.id in kept)
