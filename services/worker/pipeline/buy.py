"""The step that buys the masters: one for each group of platforms."""

import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from services.common.assets import ProviderCall, Purchase
from services.common.errors import ProviderBadAnswer
from services.jobs.groups import groups
from services.jobs.values import JobSpec
from services.leaves.generator import Delivery, ImageOrder, Painting, Preview, PurchaseEvent
from services.worker.pipeline.master import find_master, keep_master
from services.worker.pipeline.run import Run

_STARTS_AT, _BOUGHT_AT, _STORED_AT = 10, 30, 40
"""Of the job's progress, by the API guide."""


_ROOM_BYTES = 64 * 1024 * 1024
"""An image is bought only where there is room for it: far more than it and its cuts take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lot:
    """One master to be bought: `number` (from 1) `of` so many."""

    number: int
    of: int
    platforms: tuple[str, ...]

    def __str__(self) -> str:
        return f" {self.number} of {self.of}" if self.of > 1 else ""

    def progress(self, percent: int) -> int:
        """Return the job's progress at so many percent of this purchase."""
        done = (self.number - 1) * 100 + percent
        return _STARTS_AT + (_BOUGHT_AT - _STARTS_AT) * done // (self.of * 100)

    @property
    def stored_at(self) -> int:
        """The job's progress once this master is stored."""
        return _STORED_AT if self.number == self.of else self.progress(100)


async def buy(run: Run) -> None:
    """Buy and store each master that is missing, one after the other."""
    wanted, purchases = groups(run.spec), run.checkpoint.purchases
    while len(purchases) < len(wanted):
        if purchases:  # what is paid for is in the history even if the next one cannot be bought
            await run.remember()
        number = len(purchases) + 1
        lot = _Lot(number=number, of=len(wanted), platforms=wanted[number - 1])
        if found := await find_master(run.ports.store, run.folder, number):
            purchases.append(found)
            await run.save(progress=lot.stored_at, log=f"Found image{lot} of an earlier attempt")
        else:
            await _buy(run, lot)


async def _buy(run: Run, lot: _Lot) -> None:
    await run.ports.store.check_room(_ROOM_BYTES)
    await run.tell(f"Starting image generation{lot}...", progress=lot.progress(0))
    run.checkpoint.purchases.append(await run.rescue.run(_purchase(run, lot)))
    await run.save(progress=lot.stored_at, log=f"Image{lot} generated successfully")
    if run.checkpoint.calls and run.checkpoint.calls[-1].stand_in:
        await run.reporter.report(log="Painted by the local stand-in, not by an image model")


async def _purchase(run: Run, lot: _Lot) -> Purchase:
    events = cast(Any, run.ports.generator.generate(_order(run.spec, lot)))
    async with aclosing(events):
        bought = await _until_bought(run, lot, events)
        return await keep_master(run.ports.store, run.folder, lot.number, bought)


def _order(spec: JobSpec, lot: _Lot) -> ImageOrder:
    return ImageOrder(
        prompt=spec.prompt,
        owner=spec.user_id,
        platforms=lot.platforms,
        options=spec.options,
    )


async def _until_bought(run: Run, lot: _Lot, events: AsyncIterator[PurchaseEvent]) -> Delivery:
    async for event in events:
        match event:
            case Delivery():
                return event
            case ProviderCall():
                run.checkpoint.calls.append(event)
                run.spending.note(run.spec.user_id, event)
                run.rescue.paid = event.outcome == "ok"
            case Painting() | Preview() if run.rescue.paid:
                pass  # from here to the stored master nothing may wait, not even for Redis
            case Painting():
                progress = lot.progress(event.percent)
                await run.reporter.report(progress=progress, message=event.message)
            case Preview():
                url = "data:image/jpeg;base64," + base64.b64encode(event.image).decode()
                await run.reporter.report(preview=url)
    raise ProviderBadAnswer("The image API answered without an image.")
