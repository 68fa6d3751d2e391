"""One attempt at one job: what its steps share."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from services.common.assets import Rendition
from services.common.keys import generation_folder
from services.jobs.values import JobSpec, created_at, generation_id
from services.leaves.records import GenerationRecord
from services.worker.pipeline.checkpoint import Checkpoint
from services.worker.pipeline.ports import Generator, Reporter, Resizer, Spending, Store
from services.worker.pipeline.rescue import Rescue


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """The services that the steps use."""

    generator: Generator
    resizer: Resizer
    store: Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One attempt at one job."""

    job_id: str
    spec: JobSpec
    checkpoint: Checkpoint
    ports: Ports
    reporter: Reporter
    spending: Spending
    rescue: Rescue = field(default_factory=Rescue)
    around_step: Callable[[str], AbstractContextManager[Any]] = nullcontext
    """What each step, by its name, is run in."""

    @property
    def folder(self) -> str:
        """Beginning of the keys of all that this job stores."""
        return generation_folder(self.spec.user_id, generation_id(self.job_id))

    @property
    def images(self) -> tuple[Rendition, ...]:
        """The renditions so far, in the order asked."""
        kept = self.checkpoint.images
        return tuple(kept[platform] for platform in self.spec.platforms if platform in kept)

    async def tell(self, text: str, *, progress: int | None = None) -> None:
        """Report a sentence that is kept in the job's log."""
        await self.reporter.report(progress=progress, message=text, log=text)

    async def save(self, *, progress: int | None = None, log: str = "") -> None:
        """Write the checkpoint."""
        kept = self.checkpoint.to_json()
        await self.reporter.report(progress=progress, log=log, message=log, checkpoint=kept)

    async def remember(self) -> None:
        """Save the generation record."""
        ok = [call for call in self.checkpoint.calls if call.outcome == "ok"]
        await self.ports.store.save(
            GenerationRecord(
                generation_id=generation_id(self.job_id),
                job_id=self.job_id,
                user_id=self.spec.user_id,
                prompt=self.spec.prompt,
                options=self.spec.options,
                purchases=tuple(self.checkpoint.purchases),
                images=self.images,
                created_at=created_at(self.job_id),
                input_tokens=sum(call.input_tokens for call in ok),
                output_tokens=sum(call.output_tokens for call in ok),
                request_ids=[call.request_id for call in ok],
                stand_in=any(call.stand_in for call in ok),
            )
        )
