"""The step that buys the masters: one for each group of targets."""

import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from services.common.assets import ProviderCall, Purchase
from services.common.errors import ProviderBadAnswer
from services.common.targets import Target
from services.jobs.groups import groups
from services.jobs.values import JobSpec
from services.leaves.generator import Delivery, ImageOrder, Painting, Preview, PurchaseEvent
from services.worker.pipeline.master import find_master, keep_master
from services.worker.pipeline.record import remember
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work

_BOUGHT = Fraction(2, 3)
"""How much of the step is done once the model has painted: by the API guide, 30 percent of the job,
and 40 once the image is stored."""

_ROOM_BYTES = 64 * 1024 * 1024
"""An image is bought only where there is room for it: far more than it and its cuts take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lot:
    """One master to be bought: `number` (from 1) `of` so many."""

    number: int
    of: int
    targets: tuple[Target, ...]

    def __str__(self) -> str:
        return f" {self.number} of {self.of}" if self.of > 1 else ""

    def done(self, percent: int) -> Fraction:
        """Return how much of the step is done at so many percent of this purchase."""
        return _BOUGHT * Fraction((self.number - 1) * 100 + percent, self.of * 100)

    @property
    def done_when_stored(self) -> Fraction:
        """How much of the step is done once this master is stored."""
        return Fraction(1) if self.number == self.of else self.done(100)


async def buy(work: Work, report: StepReporter) -> None:
    """Buy and store each master that is missing, one after the other."""
    wanted, purchases = groups(work.spec), work.checkpoint.purchases
    while len(purchases) < len(wanted):
        if purchases:  # what is paid for is in the history even if the next one cannot be bought
            await remember(work)
        number = len(purchases) + 1
        lot = _Lot(number=number, of=len(wanted), targets=wanted[number - 1])
        if found := await find_master(work.ports.store, work.folder, number):
            purchases.append(found)
            text = f"Found image{lot} of an earlier attempt"
            await report.save(done=lot.done_when_stored, text=text)
        else:
            await _buy(work, report, lot)


async def _buy(work: Work, report: StepReporter, lot: _Lot) -> None:
    await work.ports.store.check_room(_ROOM_BYTES)
    await report.log(f"Starting image generation{lot}...", done=lot.done(0))
    work.checkpoint.purchases.append(await work.rescue.guard(_purchase(work, report, lot)))
    await report.save(done=lot.done_when_stored, text=f"Image{lot} generated successfully")
    if work.checkpoint.calls and work.checkpoint.calls[-1].stand_in:
        await report.note("Painted by the local stand-in, not by an image model")


async def _purchase(work: Work, report: StepReporter, lot: _Lot) -> Purchase:
    events = cast(Any, work.ports.generator.generate(_order(work.spec, lot)))
    async with aclosing(events):
        bought = await _until_bought(work, report, lot, events)
        return await keep_master(work.ports.store, work.folder, lot.number, bought)


def _order(spec: JobSpec, lot: _Lot) -> ImageOrder:
    return ImageOrder(
        prompt=spec.prompt,
        owner=spec.user_id,
        targets=lot.targets,
        options=spec.options,
    )


async def _until_bought(
    work: Work, report: StepReporter, lot: _Lot, events: AsyncIterator[PurchaseEvent]
) -> Delivery:
    async for event in events:
        match event:
            case Delivery():
                return event
            case ProviderCall():
                work.checkpoint.calls.append(event)
                work.spending.note(work.spec.user_id, event)
                work.rescue.paid = event.outcome == "ok"
            case Painting() | Preview() if work.rescue.paid:
                pass  # from here to the stored master nothing may wait, not even for Redis
            case Painting():
                await report.tell(event.message, done=lot.done(event.percent))
            case Preview():
                url = "data:image/jpeg;base64," + base64.b64encode(event.image).decode()
                await report.preview(url)
    raise ProviderBadAnswer("The image API answered without an image.")
