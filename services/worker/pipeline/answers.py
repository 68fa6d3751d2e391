"""Re-reads an answer that was paid for but could not be read: a newer version may succeed."""

from contextlib import aclosing
from typing import Any, cast

from services.common.assets import Purchase
from services.common.errors import ProviderBadAnswer
from services.worker.pipeline.kept import KeptAnswer, master_parcel, purchase_of
from services.worker.pipeline.work import Work


async def read_kept_answer(work: Work, master: int, kept: KeptAnswer) -> Purchase:
    """Store and return the image in an answer. Raises ProviderBadAnswer when it has none."""
    chunks = work.ports.store.get(kept.key)
    deliveries = work.ports.generator.read_answer(kept.answer, chunks)
    async with aclosing(cast(Any, chunks)), aclosing(cast(Any, deliveries)):
        async for delivery in deliveries:
            number = work.ledger.next_number(master)
            parcel = master_parcel(work.folder, work.job_id, master, number, delivery, work.origin)
            held = await work.spool.hold(parcel, delivery.chunks)
            await work.store(held)
            return purchase_of(parcel)
    raise ProviderBadAnswer("The image API charged for its answer, but there is no image in it.")
