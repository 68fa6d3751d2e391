"""Receives uploads and deletes them: bytes in storage, everything else in the register."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

from redis.exceptions import RedisError

from services.common.assets import Facts
from services.common.backoff import Backoff
from services.common.errors import AppError, Busy, Unavailable, UploadSpaceExceeded
from services.common.keys import upload_key
from services.gateway.uploads.arrival import Arrival
from services.gateway.uploads.terms import UploadTerms
from services.jobs.uploads.register import UploadRegister
from services.jobs.uploads.upload import Upload, new_upload_id
from services.leaves.resizer import ResizerClient
from services.leaves.storage import StorageClient, StoredObject

logger = logging.getLogger(__name__)

_STEP_BYTES = 1024 * 1024
"""Space is reserved in steps of this size, so that the register is not asked for each chunk."""

_MEASURE_SECONDS = 60.0
"""How long the resizer may be too busy to look at a file that has arrived."""

_BUSY = Backoff(first_seconds=0.25, longest_seconds=4.0)


class Uploads:
    """The uploads of all owners."""

    def __init__(
        self,
        *,
        register: UploadRegister,
        storage: StorageClient,
        resizer: ResizerClient,
        terms: UploadTerms,
    ) -> None:
        self._register = register
        self._storage = storage
        self._resizer = resizer
        self.terms = terms
        self._patience = timedelta(seconds=terms.seconds + 2 * _MEASURE_SECONDS)

    async def receive(
        self, owner: str, parts: AsyncIterator[bytes], announced_bytes: int = 0
    ) -> Upload:
        """Take in one file: all of it, or nothing.

        Space for the bytes that are announced is reserved at once, otherwise as they come. Raises
        InvalidRequest, PayloadTooLarge, RequestTimeout, UploadSpaceExceeded, and what storage and
        resizer raise.
        """
        arrival, upload_id = Arrival(parts, self.terms, announced_bytes), new_upload_id()
        content_type = await arrival.content_type()
        async with self._kept_only_whole(owner, upload_id):
            stored = await self._storage.take_in(
                upload_key(owner, upload_id),
                content_type,
                self._with_space(owner, upload_id, arrival),
            )
            width, height = await self._measured(upload_key(owner, upload_id), stored)
            facts = Facts(
                content_type=content_type,
                width=width,
                height=height,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
            )
            upload = await self._register.admit(owner, upload_id, facts, self.terms.kept_for)
            if upload is None:
                raise Unavailable("Checking the upload took too long. Send it again.")
            return upload

    async def delete(self, owner: str, upload_id: str) -> None:
        """Delete an upload. Raises UploadNotFound, UploadInUse, Unavailable."""
        await self._register.withdraw(owner, upload_id)
        await self._storage.delete(upload_key(owner, upload_id))
        await self._register.forget(owner, upload_id)

    @asynccontextmanager
    async def _kept_only_whole(self, owner: str, upload_id: str) -> AsyncIterator[None]:
        """Remove what the block has stored unless it succeeds, even if the caller has left."""
        try:
            yield
        except BaseException as error:
            # A storage that fell silent may still be about to store it.
            unsure = isinstance(error, AppError) and error.unanswered
            await asyncio.shield(self._discard(owner, upload_id, unsure=unsure))
            raise

    async def _discard(self, owner: str, upload_id: str, *, unsure: bool) -> None:
        """Remove what is left of an upload; if `unsure`, it is removed once more when it is due."""
        try:
            await self._register.give_up(owner, upload_id)
            await self._storage.delete(upload_key(owner, upload_id))
            if not unsure:
                await self._register.forget(owner, upload_id)
        except (AppError, RedisError) as error:
            logger.warning("What is left of an upload is removed later: %s", error)

    async def _with_space(
        self, owner: str, upload_id: str, arrival: Arrival
    ) -> AsyncIterator[bytes]:
        """Yield the chunks of a file, each once there is space for it."""
        reserved = await self._reserve(owner, upload_id, arrival.expected_bytes)
        async for chunk in arrival.chunks():
            if arrival.size_bytes > reserved:
                reserved = await self._reserve(owner, upload_id, arrival.size_bytes)
            yield chunk

    async def _reserve(self, owner: str, upload_id: str, size_bytes: int) -> int:
        """Reserve space for at least `size_bytes`, in whole steps if possible; return how much."""
        most = self.terms.bytes_per_owner
        for wanted in (-(-size_bytes // _STEP_BYTES) * _STEP_BYTES, size_bytes):
            if await self._register.reserve(owner, upload_id, wanted, most, self._patience):
                return wanted
        raise UploadSpaceExceeded(
            f"Your uploads may take {most} bytes together. Delete some, or wait for some to expire."
        )

    async def _measured(self, key: str, stored: StoredObject) -> tuple[int, int]:
        """Return width and height of a file from which the resizer can cut."""
        failures, until = 0, time.monotonic() + _MEASURE_SECONDS
        while True:
            try:
                async with aclosing(self._storage.get(key)) as chunks:
                    return await self._resizer.inspect(chunks, stored.size_bytes)
            except Busy:
                failures += 1
                pause = _BUSY.pause_seconds(failures)
                if time.monotonic() + pause > until:
                    raise
                await asyncio.sleep(pause)
