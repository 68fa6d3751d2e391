"""Removes uploads that have expired, and what is left of those that never arrived.

Every worker tries, and a short lock lets one at a time. A pass is bounded; what is left over is due
in the next one. A worker that dies in the middle leaves the upload due.
"""

import asyncio
import logging

from redis.asyncio import Redis

from services.common.errors import AppError
from services.common.keys import upload_key
from services.jobs.scripts import read_script
from services.jobs.uploads.register import UploadRegister
from services.leaves.storage import StorageClient

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 15.0

_LOCK = "snapasset:uploads-sweep"
_PAGE, _PAGES = 100, 10

_TAKE_LOCK = read_script("take_lock")


class UploadExpiry:
    """Sweeps the register of uploads; one per worker process."""

    def __init__(self, redis: Redis, register: UploadRegister, storage: StorageClient) -> None:
        self._redis = redis
        self._register = register
        self._storage = storage

    async def sweep(self) -> None:
        """Remove what is due, unless another worker has just begun to. Raises RedisError."""
        lock_ms = int(PAUSE_SECONDS * 900)
        if not await _TAKE_LOCK.run_async(self._redis, [_LOCK], [lock_ms]):
            return
        removed = 0
        for _ in range(_PAGES):
            page = await self._register.due(_PAGE)
            try:
                removed += sum(await asyncio.gather(*(self._remove(*one) for one in page)))
            except AppError as error:
                logger.warning("The uploads that are due cannot be removed: %s", error.message)
                break
            if len(page) < _PAGE:
                break
        if removed:
            logger.info("Removed %d uploads that were due", removed)

    async def _remove(self, owner: str, upload_id: str) -> bool:
        if not await self._register.expire(owner, upload_id):
            return False
        await self._storage.delete(upload_key(owner, upload_id))
        await self._register.forget(owner, upload_id)
        return True
