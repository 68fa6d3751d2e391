"""Re-reads an answer that was paid for but could not be read: a newer version may succeed."""

from contextlib import aclosing
from typing import Any, cast

from services.common.assets import Purchase
from services.common.errors import ProviderBadAnswer
from services.worker.pipeline.kept import find_answer, master_parcel, purchase_of
from services.worker.pipeline.work import Work


async def read_kept_answer(work: Work, master: int) -> Purchase | None:
    """Store and return the image in the kept answer to a purchase; None without an answer.

    Raises ProviderBadAnswer when it still cannot be read.
    """
    found = await find_answer(work.ports.store, work.folder, master)
    if found is None:
        return None
    answer, key = found
    chunks = work.ports.store.get(key)
    deliveries = work.ports.generator.read_answer(answer, chunks)
    async with aclosing(cast(Any, chunks)), aclosing(cast(Any, deliveries)):
        async for delivery in deliveries:
            number = work.ledger.next_number(master)
            parcel = master_parcel(work.folder, work.job_id, master, number, delivery, work.origin)
            held = await work.spool.hold(parcel, delivery.chunks)
            await work.store(held)
            return purchase_of(parcel)
    raise ProviderBadAnswer("The image API charged for its answer, but there is no image in it.")
