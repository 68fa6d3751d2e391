"""Deletes everything that is kept about an owner, part of it with each call, in an order that may
stop anywhere: the next call goes on.

Jobs are cancelled first and forgotten last. In between, their workers get the time to stop, since
one that is still storing an image would leave it behind after the deletion.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from services.jobs.batches import Batches
from services.jobs.cut_off import LOOKED_FOR_SECONDS
from services.jobs.owned_jobs import OwnedJobs
from services.jobs.spend.books import Books
from services.jobs.uploads.register import UploadRegister
from services.jobs.webhooks.erasing import WebhookErasure
from services.leaves.storage import StorageClient

SETTLE_SECONDS = LOOKED_FOR_SECONDS
"""A worker hears of a cancelled job at once, or with its next heartbeat, and then has the time of
`cut_off.py` to end."""

_SECONDS = 15.0
CALL_SECONDS = 12.0
"""For one call to storage; all together take less than the 30 s that a request may take."""


@dataclass(kw_only=True, slots=True)
class Erased:
    """What one call has deleted so far. `done` says that nothing was left."""

    cancelled_jobs: int = 0
    deleted_jobs: int = 0
    deleted_generations: int = 0
    deleted_files: int = 0
    done: bool = False


class Erasure:
    """Deletes what is kept about owners."""

    def __init__(
        self,
        *,
        jobs: OwnedJobs,
        storage: StorageClient,
        books: Books,
        batches: Batches,
        webhooks: WebhookErasure,
        uploads: UploadRegister,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._jobs = jobs
        self._storage = storage
        self._books = books
        self._batches = batches
        self._webhooks = webhooks
        self._uploads = uploads
        self._settle_seconds = settle_seconds

    async def erase(self, owner: str) -> Erased:
        """Delete as much as there is time for. Raises Unavailable; the next call goes on."""
        until = time.monotonic() + _SECONDS
        erased = Erased(cancelled_jobs=await asyncio.to_thread(self._jobs.cancel_in_flight, owner))
        await self._workers_have_stopped(owner)
        if not await self._clear_storage(owner, until, erased):
            return erased
        if not await self._clear_jobs(owner, until, erased):
            return erased
        await self._uploads.forget_owner(owner)
        await self._batches.forget(owner)
        await self._webhooks.erase(owner)
        await self._books.forget(owner)
        erased.done = True
        return erased

    async def _workers_have_stopped(self, owner: str) -> None:
        last = await asyncio.to_thread(self._jobs.last_cut_off, owner)
        if last:
            since = (datetime.now(UTC) - last).total_seconds()
            await asyncio.sleep(min(self._settle_seconds - since, self._settle_seconds))

    async def _clear_storage(self, owner: str, until: float, erased: Erased) -> bool:
        while time.monotonic() < until:
            deleted = await self._storage.delete_owner(owner)
            erased.deleted_generations += deleted.generations
            erased.deleted_files += deleted.objects
            if deleted.done:
                return True
        return False

    async def _clear_jobs(self, owner: str, until: float, erased: Erased) -> bool:
        while time.monotonic() < until:
            deleted, done = await asyncio.to_thread(self._jobs.delete_some, owner)
            erased.deleted_jobs += deleted
            if done or not deleted:
                return done
        return False
