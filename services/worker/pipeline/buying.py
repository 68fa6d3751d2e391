"""One purchase: entered before its call, settled after it, and its yield kept at once."""

import base64
from contextlib import aclosing
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from services.common.assets import ProviderCall
from services.common.charge import Charge
from services.common.errors import AppError, ProviderBadAnswer
from services.jobs.spend.purchases import Entry, Intent, Outcome
from services.leaves.purchases import (
    Delivery,
    Painting,
    Preview,
    PurchaseEvent,
    RawDelivery,
)
from services.worker.pipeline.kept import answer_parcel, master_parcel
from services.worker.pipeline.lot import Lot
from services.worker.pipeline.ordering import order_of
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work
from services.worker.spool.spool import Held


@dataclass(kw_only=True, slots=True)
class Buying:
    """A purchase under way. `held` is what it has brought, once the spool has it."""

    work: Work
    report: StepReporter
    lot: Lot
    intent: Intent
    calls: list[ProviderCall] = field(default_factory=list)
    charge: Charge | None = None
    held: Held | None = None

    @property
    def entry(self) -> Entry:
        """The purchase as it stands in the books."""
        return Entry(
            master=self.intent.master,
            number=self.intent.number,
            month=self.intent.month,
            estimate_micros=self.intent.estimate_micros,
            charge=self.charge,
        )

    async def make(self) -> Held:
        """Return the image. Raises what the generator raises."""
        events = cast(
            Any, self.work.ports.generator.generate(order_of(self.work, self.lot, key=self._key))
        )
        try:
            async with aclosing(events):
                async for event in events:
                    await self._hear(event)
                    if isinstance(event, Delivery) and self.held:
                        return self.held
        except AppError as error:
            # A generator that answers has reported every call: one not reported was not made.
            self._settle(Charge.UNKNOWN if error.unanswered else Charge.NOT_CHARGED)
            raise
        finally:
            self._settle(Charge.UNKNOWN)  # cut off: it may have been charged
        raise ProviderBadAnswer("The image API answered without an image.")

    @property
    def _key(self) -> str:
        intent = self.intent
        return f"{intent.job_id}-{intent.master}-{intent.number}"

    @property
    def words_of_doubt(self) -> str:
        """What the job's log says about a purchase that may have been charged for nothing."""
        if self.charge is Charge.CHARGED:
            return f"Image{self.lot} was paid for and was lost on its way here"
        dollars = self.intent.estimate_micros / 1e6
        return (
            f"Purchase {self.intent.number} of image{self.lot} may have been charged, up to "
            f"${dollars:.4f}: the image API did not say how it ended"
        )

    async def _hear(self, event: PurchaseEvent) -> None:
        work, intent = self.work, self.intent
        match event:
            case ProviderCall():
                self.calls.append(event)
                work.checkpoint.calls.append(event)
                if event.charge is not Charge.NOT_CHARGED:
                    self._settle(event.charge)
                work.rescue.paid = event.charge is Charge.CHARGED
            case Delivery():
                self._settle(Charge.CHARGED)
                parcel = master_parcel(
                    work.folder, work.job_id, intent.master, intent.number, event, work.origin
                )
                self.held = await work.spool.hold(parcel, event.chunks)
            case RawDelivery():
                parcel = answer_parcel(
                    work.folder, work.job_id, intent.master, intent.number, event.answer
                )
                self.held = await work.spool.hold(parcel, event.chunks)
            case Painting() | Preview() if work.rescue.paid:
                pass  # until the spool has it, nothing may wait for anything, not even for Redis
            case Painting():
                done = self.lot.done(Fraction(event.percent, 100))
                await self.report.tell(event.message, done=done)
            case Preview():
                url = "data:image/jpeg;base64," + base64.b64encode(event.image).decode()
                await self.report.preview(url)

    def _settle(self, charge: Charge) -> None:
        """Enter how it ended; the first entry counts."""
        if self.charge is not None:
            return
        self.charge = charge
        paid = [call for call in self.calls if call.charge is Charge.CHARGED]
        self.work.spending.settle(
            self.intent,
            Outcome(
                charge=charge,
                calls=len(self.calls),
                images=len(paid),
                input_tokens=sum(call.input_tokens for call in paid),
                output_tokens=sum(call.output_tokens for call in paid),
                cost_micros=sum(call.cost_micros for call in paid),
            ),
            self.calls,
        )
