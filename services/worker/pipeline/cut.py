"""The step that cuts the masters: one rendition for each target."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from services.common.assets import COMPOSITE, Purchase
from services.common.errors import AppError, Busy, Unavailable
from services.common.options import JobOptions
from services.common.targets import Target
from services.jobs.checkpoint import stored
from services.jobs.plan import PlannedMaster, plan
from services.leaves.resizer import Cut, Wishes, cannot_be_read
from services.worker.pipeline.advice import advice
from services.worker.pipeline.behind import Behind
from services.worker.pipeline.ports import Buffer
from services.worker.pipeline.record import remember
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.unreadable import give_up_reading
from services.worker.pipeline.work import Work

_MOST_PIXELS = 20_000_000
"""Of one call's renditions: half of what the resizer takes, and more than the largest one."""

_MOST_SILENCES = 3
"""After so many calls in a row that found a service away, the rest is left to the next attempt."""


async def cut(work: Work, report: StepReporter) -> None:
    """Cut and store one rendition for each target that has none yet and whose master is there.

    One that cannot be cut does not keep the others from being cut.
    """
    left, silences = deque(_work_left(work)), 0
    while left and silences < _MOST_SILENCES:
        planned, batch = left.popleft()
        try:
            await _cut(work, report, planned, batch)
            silences = 0
        except Busy as error:  # it has not looked at any of them, nor would it at the others
            for _, waiting in ((planned, batch), *left):
                for target in _missing(work, waiting):
                    await _give_up(work, report, target, error)
            break
        except AppError as error:
            silences = silences + 1 if isinstance(error, Unavailable) else 0
            missing = _missing(work, batch)
            if len(missing) == 1:
                await _give_up(work, report, missing[0], error)
            else:  # alone, each shows whether it is to blame
                left.extendleft((planned, [target]) for target in reversed(missing))
    if left and not work.shortfall.targets:
        raise Unavailable("The resizer does not answer.")
    await remember(work)


def _work_left(work: Work) -> Iterator[tuple[PlannedMaster, Sequence[Target]]]:
    """Yield each master that is there, with the targets that are still to be cut from it."""
    for planned in plan(work.spec):
        if work.master_for(planned):
            for batch in _batches(_missing(work, planned.targets)):
                yield planned, batch


def _missing(work: Work, targets: Sequence[Target]) -> list[Target]:
    return [target for target in targets if target.id not in work.checkpoint.images]


async def _give_up(work: Work, report: StepReporter, target: Target, error: AppError) -> None:
    work.shortfall.targets[target.id] = error
    await report.note(f"{target.name} is missing: {error.message}")


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


async def _cut(
    work: Work, report: StepReporter, planned: PlannedMaster, targets: Sequence[Target]
) -> None:
    """Cut these targets from a master; one that cannot be read is given up with all its targets."""
    purchase = work.master_for(planned)
    if purchase is None:  # given up with an earlier batch
        return
    try:
        await _cut_from(work, report, purchase, targets)
    except AppError as error:
        if not cannot_be_read(error) or work.spec.source:
            raise
        work.shortfall.masters[purchase.number] = await give_up_reading(work, purchase)
        await report.save(text="What was bought cannot be read")


async def _cut_from(
    work: Work, report: StepReporter, purchase: Purchase, targets: Sequence[Target]
) -> None:
    await _announce(report, targets[0])
    waiting = deque(targets[1:])
    master = work.read(purchase.master)
    spec = work.spec
    wishes = Wishes(
        options=_options(spec.options),
        overrides=spec.overrides,
        model=purchase.model,
        provider=purchase.provider,
        composite=purchase.origin == COMPOSITE,
    )
    cuts = work.ports.resizer.resize(master, purchase.master.size_bytes, targets, wishes)
    async with aclosing(cast(Any, master)), aclosing(cast(Any, cuts)), Behind() as storing:
        async for one in cuts:
            await storing.ended()
            file = await work.spool.buffer(one.chunks)
            storing.begin(_keep(work, report, purchase, one, file))
            if waiting:
                await _announce(report, waiting.popleft())
    if _missing(work, targets):
        raise Unavailable("The resizer did not cut all images.")


def _options(options: JobOptions) -> JobOptions:
    """Return the options for the resizer, which extends nothing.

    What a picture was extended to is the middle of its extension, however much there is around it.
    """
    if not options.extends:
        return options
    return replace(options, fit="", crop="center", focal_point=None)


async def _keep(
    work: Work, report: StepReporter, purchase: Purchase, one: Cut, file: Buffer
) -> None:
    """Store a rendition while the resizer cuts the next one."""
    facts, images = one.facts, work.checkpoint.images
    key = work.key_of(one.target, facts)
    with closing(file):
        await work.ports.store.put(
            key, facts.content_type, file.read, facts.size_bytes, facts.sha256
        )
    images[one.target] = replace(
        stored(one.target, key, facts),
        crop=one.crop,
        master=purchase.number,
        signed_by=one.signed_by,
        kept=one.kept,
        advice=advice(one, purchase.master),
    )
    # The record is the last part.
    await report.save(done=Fraction(len(images), len(work.spec.targets) + 1))


async def _announce(report: StepReporter, target: Target) -> None:
    await report.log(f"Processing {target.name}...")
