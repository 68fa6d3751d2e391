"""The step that buys the masters: one for each group of targets."""

from services.common.assets import Purchase as Bought
from services.common.charge import Charge
from services.common.errors import AppError, Busy, ProviderBadAnswer
from services.jobs.plan import plan
from services.jobs.spend.purchases import Intent
from services.worker.pipeline.answers import read_kept_answer
from services.worker.pipeline.buying import Buying
from services.worker.pipeline.kept import KeptAnswer, find_kept, purchase_of
from services.worker.pipeline.lot import Lot
from services.worker.pipeline.ordering import order_of
from services.worker.pipeline.record import remember
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.unreadable import UNREADABLE
from services.worker.pipeline.work import Work
from services.worker.spool.parcel import Kind

_ROOM_BYTES = 64 * 1024 * 1024
"""Storage needs this much room before an image is bought: far more than its renditions take."""


async def buy(work: Work, report: StepReporter) -> None:
    """Find or buy each missing master, one after the other.

    One that cannot be bought does not keep the others from being bought, unless it is the first.
    """
    planned, masters = plan(work.spec), work.checkpoint.purchases
    for one in planned:
        if work.master_for(one):
            continue
        if masters:  # what is paid for enters the history even if the next one cannot be bought
            await remember(work)
        lot = Lot(planned=one, of=len(planned))
        try:
            await _acquire(work, report, lot)
        except AppError as error:
            if not masters:
                raise
            work.shortfall.masters[one.number] = error
            await report.note(f"Image{lot} is missing: {error.message}")
            if error.retryable:
                return  # the next one would meet the same; another attempt will come


async def _acquire(work: Work, report: StepReporter, lot: Lot) -> None:
    """Find or buy a master, and write the checkpoint that has it."""
    found, calls = await _find(work, lot), len(work.checkpoint.calls)
    text = (
        f"Found image{lot} of an earlier attempt" if found else f"Image{lot} generated successfully"
    )
    masters = work.checkpoint.purchases
    masters.append(found or await _buy(work, report, lot))
    masters.sort(key=lambda one: one.number)
    await report.save(done=lot.done_when_stored, text=text)
    if any(call.stand_in for call in work.checkpoint.calls[calls:]):
        await report.note("Painted by the local stand-in, not by an image model")


async def _find(work: Work, lot: Lot) -> Bought | None:
    """Return what an earlier purchase has left in the spool, in storage or in a kept answer.

    The spool comes first: what has left it by then is in storage.
    """
    if held := await work.spool.find(work.job_id, lot.number):
        await work.store(held)
        if held.parcel.kind is Kind.MASTER:
            return purchase_of(held.parcel)
    kept = await find_kept(work.ports.store, work.folder, lot.number)
    if not isinstance(kept, KeptAnswer):
        return kept
    try:
        return await read_kept_answer(work, lot.number, kept)
    except ProviderBadAnswer:
        if work.ledger.may_buy_after_answer(lot.number):
            return None
        raise


async def _buy(work: Work, report: StepReporter, lot: Lot) -> Bought:
    """Buy a master that was not found anywhere, if that is allowed."""
    if refusal := work.ledger.refusal(lot.number):
        raise refusal
    if work.spool.is_full():
        raise Busy("Storage takes nothing at the moment, and the worker's spool is full.")
    await work.ports.store.check_room(_ROOM_BYTES)
    await report.log(f"Starting image generation{lot}...", done=lot.done(0))
    buying = Buying(work=work, report=report, lot=lot, intent=await _intend(work, lot))
    try:
        return await work.rescue.guard(_bring(work, buying))
    except AppError as error:
        work.ledger.entries.append(buying.entry)
        if buying.charge is Charge.NOT_CHARGED or buying.held:
            raise
        await report.note(buying.words_of_doubt)
        if error.retryable and (refusal := work.ledger.refusal(lot.number, lost=True)):
            raise refusal from error
        raise


async def _intend(work: Work, lot: Lot) -> Intent:
    """Enter the purchase into the books. Raises LeaseLost."""
    intent = Intent(
        owner=work.spec.user_id,
        key=work.key,
        job_id=work.job_id,
        master=lot.number,
        number=work.ledger.next_number(lot.number),
        estimate_micros=await work.ports.generator.estimate(order_of(work, lot)),
    )
    await work.spending.intend(intent)
    work.ledger.use_permission(lot.number)
    return intent


async def _bring(work: Work, buying: Buying) -> Bought:
    """Make the purchase and store what it brings, an image or not."""
    try:
        held = await buying.make()
    except AppError as error:
        if buying.held is None:
            raise
        await work.store(buying.held)
        raise ProviderBadAnswer(UNREADABLE) from error
    await work.store(held)
    return purchase_of(held.parcel)
