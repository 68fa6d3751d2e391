"""A world for the pipeline in which every call may fail or die, before or after it took effect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.common.assets import ProviderCall, Rendition
from services.common.options import RenditionOptions
from services.jobs import checkpoint
from services.jobs.spend.purchases import Entry
from services.jobs.uploads.upload import Upload
from services.jobs.values import JobSpec, Result
from services.leaves.records import GenerationRecord
from services.worker.pipeline.allowance import Ledger
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import steps_of
from services.worker.pipeline.work import Ports, Work
from services.worker.spool.parcel import Parcel
from tests.unit.worker.pipeline.faulty.books import Books
from tests.unit.worker.pipeline.faulty.cutter import Cutter
from tests.unit.worker.pipeline.faulty.painter import Painter
from tests.unit.worker.pipeline.faulty.spool import Spool
from tests.unit.worker.pipeline.faulty.store import Store

JOB = "gen-1700000000000-0123456789abcdef0123456789abcdef"


class Uploaded(dict[str, Upload]):
    """The uploads that there are, by id."""

    async def find(self, owner: str, upload_id: str) -> Upload | None:
        """See ports.UploadFinder."""
        upload = self.get(upload_id)
        return upload if upload and upload.owner == owner else None


@dataclass(slots=True)
class World(Painter, Cutter, Store, Spool, Books):
    """What outlives an attempt. `faults` are by the number of the call, counted over all."""

    spec: JobSpec
    faults: Mapping[int, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, GenerationRecord] = field(default_factory=dict)
    uploads: Uploaded = field(default_factory=Uploaded)
    job_id: str = JOB
    overrides: Mapping[str, RenditionOptions] = field(default_factory=dict)
    added: dict[tuple[str, str], tuple[Rendition, ...]] = field(default_factory=dict)
    kept: str = "{}"
    charged: int = 0
    repeats: int = 1
    searches: int = 0
    buy_again: bool = False
    permissions: int = 0
    entries: dict[tuple[int, int], Entry] = field(default_factory=dict)
    parcels: dict[str, tuple[Parcel, bytes]] = field(default_factory=dict)
    noted: list[ProviderCall] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    late: list[tuple[int, str, bytes]] = field(default_factory=list)
    calls: int = 0
    must_not_buy: set[int] = field(default_factory=set)
    rescue: Rescue = field(default_factory=Rescue)

    async def attempt(self) -> Result:
        """Run one attempt from the checkpoint that was stored. Raises AppError, LeaseLost, Died."""
        self.must_not_buy = set(self.stored_masters())
        self.told.clear()
        return await run_steps(steps_of(self.spec), self.work(), self)

    def work(self) -> Work:
        """Return what an attempt begins with."""
        done = checkpoint.from_json(json.loads(self.kept))
        return Work(
            job_id=self.job_id,
            spec=self.spec,
            checkpoint=done,
            ports=Ports(generator=self, resizer=self, store=self, uploads=self.uploads),
            spending=self,
            spool=self,
            ledger=Ledger(
                entries=list(self.entries.values()),
                repeats=self.repeats,
                searches=self.searches,
                buy_again=self.buy_again,
                bought_again=done.bought_again,
            ),
            rescue=self.rescue,
        )
