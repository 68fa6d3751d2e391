"""The steps of a job, in the order and with the progress of the API guide.

Each step may be repeated after a crash: what it makes has a key that derives from the job, and
what was done is in the checkpoint, which is written before the next step begins.
"""

import base64
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any, cast

from services.common.errors import AppError, ProviderBadAnswer, Unavailable
from services.common.keys import generation_folder
from services.common.platforms import PLATFORMS
from services.gateway.jobs.focal_point import focal_point
from services.gateway.jobs.values import JobSpec, Rendition, Result, created_at, generation_id
from services.gateway.pipeline.checkpoint import Checkpoint, Purchase, stored
from services.gateway.pipeline.master import find_master, keep_master
from services.gateway.pipeline.ports import (
    Bought,
    Cut,
    GenerationRecord,
    Generator,
    Painting,
    Preview,
    ProviderCall,
    Reporter,
    Resizer,
    Spending,
    Store,
    Wishes,
)

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """The services that the steps use."""

    generator: Generator
    resizer: Resizer
    store: Store


@dataclass(kw_only=True, slots=True)
class Run:
    """One attempt at one job."""

    job_id: str
    spec: JobSpec
    checkpoint: Checkpoint
    ports: Ports
    reporter: Reporter
    spending: Spending
    calls: AsyncExitStack = field(default_factory=AsyncExitStack)
    """Open calls that one step leaves to the next; closed when the attempt ends."""
    bought: Bought | None = None

    @property
    def folder(self) -> str:
        """Beginning of the keys of all that this job stores."""
        return generation_folder(self.spec.user_id, generation_id(self.job_id))

    async def save(self, *, progress: int | None = None, log: str = "") -> None:
        """Write the checkpoint."""
        kept = self.checkpoint.to_json()
        await self.reporter.report(progress=progress, log=log, message=log, checkpoint=kept)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step and the progress, 0 to 100, at which it ends; None when it tells that itself."""

    name: str
    ends_at: int | None
    do: Callable[[Run], Awaitable[None]]


async def start(run: Run) -> None:
    """Say that work has begun, and look for an image that a lost attempt has stored."""
    await run.reporter.report(progress=2, message="Starting")
    if run.checkpoint.purchase is None:
        run.checkpoint.purchase = await find_master(run.ports.store, run.folder)
        if run.checkpoint.purchase:
            await run.save(log="Found the image of an earlier attempt")


async def generate(run: Run) -> None:
    """Buy the image, unless it is there; leave the open call to `receive`."""
    if run.checkpoint.purchase:
        return
    await run.reporter.report(
        progress=10, log="Starting image generation...", message="Starting image generation..."
    )
    events = cast(Any, run.ports.generator.generate(run.spec))
    await run.calls.enter_async_context(aclosing(events))
    paid = False
    async for event in events:
        match event:
            case Bought():
                run.bought = event
                return
            case ProviderCall():
                run.checkpoint.calls.append(event)
                run.spending.note(run.spec.user_id, event)
                paid = event.outcome == "ok"
            case Painting() | Preview() if paid:
                pass  # from here to the stored master nothing may wait, not even for Redis
            case Painting():
                share = 10 + event.percent * 20 // 100
                await run.reporter.report(progress=share, message=event.message)
            case Preview():
                url = "data:image/jpeg;base64," + base64.b64encode(event.image).decode()
                await run.reporter.report(preview=url)
    raise ProviderBadAnswer("The image API answered without an image.")


async def receive(run: Run) -> None:
    """Store the image that was bought."""
    bought = run.bought
    if run.checkpoint.purchase or bought is None:
        return
    run.checkpoint.purchase = await keep_master(run.ports.store, run.folder, bought)
    await run.save(progress=40, log="Image generated successfully")
    if run.checkpoint.calls and run.checkpoint.calls[-1].stand_in:
        await run.reporter.report(log="Painted by the local stand-in, not by an image model")


async def record(run: Run) -> None:
    """Save the generation record."""
    await run.ports.store.save(_record(run))
    await run.reporter.report(message="Saved to the history")


async def cut(run: Run) -> None:
    """Cut and store one rendition for each platform that has none yet."""
    purchase = cast(Purchase, run.checkpoint.purchase)
    wanted = run.spec.platforms
    missing = [platform for platform in wanted if platform not in run.checkpoint.images]
    if missing:
        await _announce(run, missing[0])
        master = run.ports.store.get(purchase.master.key)
        size, wishes = purchase.master.size_bytes, _wishes(run.spec, purchase)
        cuts = cast(Any, run.ports.resizer.resize(master, size, missing, wishes))
        async with aclosing(cast(Any, master)), aclosing(cuts):
            async for one in cuts:
                await _keep(run, one)
                done = len(run.checkpoint.images)
                await run.save(progress=50 + 50 * done // (len(wanted) + 1))
                if done < len(wanted):
                    await _announce(run, next(p for p in missing if p not in run.checkpoint.images))
    if len(run.checkpoint.images) < len(wanted):
        raise Unavailable("The resizer did not cut all images.")
    await run.ports.store.save(_record(run))


STEPS = (
    Step(name="start", ends_at=10, do=start),
    Step(name="generate", ends_at=None, do=generate),
    Step(name="receive", ends_at=40, do=receive),
    Step(name="record", ends_at=50, do=record),
    Step(name="cut", ends_at=99, do=cut),
)
"""100 is told by the move to completed, once the outcome is stored."""


async def run_steps(run: Run) -> Result:
    """Run all steps and return what came out. Raises AppError, LeaseLost."""
    try:
        async with run.calls:
            for step in STEPS:
                await step.do(run)
                if step.ends_at is not None:
                    await run.reporter.report(progress=step.ends_at)
    except AppError:
        await run.save()  # what the failed calls cost is known even if nothing came of them
        raise
    purchase = cast(Purchase, run.checkpoint.purchase)
    return Result(
        generation_id=generation_id(run.job_id),
        revised_prompt=purchase.revised_prompt,
        images=_images(run),
    )


async def _keep(run: Run, one: Cut) -> None:
    platform, facts = PLATFORMS[one.platform], one.facts
    extension = _EXTENSIONS[facts.content_type]
    key = f"{run.folder}{platform.id}-{facts.width}x{facts.height}.{extension}"
    await run.ports.store.put(key, facts.content_type, one.chunks, facts.size_bytes, facts.sha256)
    run.checkpoint.images[platform.id] = stored(platform.id, key, facts, one.crop)


def _wishes(spec: JobSpec, purchase: Purchase) -> Wishes:
    return Wishes(
        file_format=spec.options.get("format", ""),
        crop=spec.options.get("crop", ""),
        focal_point=focal_point(spec.options),
        model=purchase.model,
    )


async def _announce(run: Run, platform: str) -> None:
    text = f"Processing {PLATFORMS[platform].name}..."
    await run.reporter.report(message=text, log=text)


def _record(run: Run) -> GenerationRecord:
    purchase = cast(Purchase, run.checkpoint.purchase)
    return GenerationRecord(
        generation_id=generation_id(run.job_id),
        job_id=run.job_id,
        spec=run.spec,
        revised_prompt=purchase.revised_prompt,
        model=purchase.model,
        master=purchase.master,
        images=_images(run),
        calls=tuple(run.checkpoint.calls),
        created_at=created_at(run.job_id),
    )


def _images(run: Run) -> tuple[Rendition, ...]:
    kept = run.checkpoint.images
    return tuple(kept[platform] for platform in run.spec.platforms if platform in kept)
