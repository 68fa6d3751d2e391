"""The step that cuts the masters: one rendition for each target."""

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from services.common.errors import Unavailable
from services.common.targets import Target
from services.jobs.checkpoint import stored
from services.jobs.groups import groups
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.record import remember
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}

_MOST_PIXELS = 20_000_000
"""Of one call's renditions: half of what the resizer takes, and more than the largest one."""


async def cut(work: Work, report: StepReporter) -> None:
    """Cut and store one rendition for each target that has none yet."""
    images = work.checkpoint.images
    for number, group in enumerate(groups(work.spec), 1):
        for batch in _batches([target for target in group if target.id not in images]):
            await _cut(work, report, number, batch)
    if len(images) < len(work.spec.targets):
        raise Unavailable("The resizer did not cut all images.")
    await remember(work)


def _batches(targets: Sequence[Target]) -> Iterator[list[Target]]:
    """Yield the targets in order, in batches of as many as one call may cut."""
    batch: list[Target] = []
    for target in targets:
        if batch and sum(one.pixels for one in batch) + target.pixels > _MOST_PIXELS:
            yield batch
            batch = []
        batch.append(target)
    if batch:
        yield batch


async def _cut(work: Work, report: StepReporter, number: int, targets: Sequence[Target]) -> None:
    """Cut these targets from master `number`."""
    images, parts = work.checkpoint.images, len(work.spec.targets) + 1  # the record is the last
    purchase = work.checkpoint.purchases[number - 1]
    await _announce(report, targets[0])
    master = work.ports.store.get(purchase.master.key)
    wishes = Wishes(options=work.spec.options, model=purchase.model)
    cuts = work.ports.resizer.resize(master, purchase.master.size_bytes, targets, wishes)
    async with aclosing(cast(Any, master)), aclosing(cast(Any, cuts)):
        async for one in cuts:
            await _keep(work, number, one)
            await report.save(done=Fraction(len(images), parts))
            if left := [target for target in targets if target.id not in images]:
                await _announce(report, left[0])


async def _keep(work: Work, number: int, one: Cut) -> None:
    facts = one.facts
    extension = _EXTENSIONS[facts.content_type]
    key = f"{work.folder}{one.target}-{facts.width}x{facts.height}.{extension}"
    async with work.spool.buffered(one.chunks) as read:
        await work.ports.store.put(key, facts.content_type, read, facts.size_bytes, facts.sha256)
    image = replace(stored(one.target, key, facts), crop=one.crop, master=number)
    work.checkpoint.images[one.target] = image


async def _announce(report: StepReporter, target: Target) -> None:
    await report.log(f"Processing {target.name}...")
