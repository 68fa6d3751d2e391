"""Keeps the register of uploads in Redis; the bytes themselves are in storage.

An upload enters the register before its first byte is stored, and leaves it after its last byte is
deleted. So whatever process dies in between, the register knows what is left, and the sweep of
`due` removes it.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from redis.asyncio import Redis

from services.common.assets import Facts
from services.common.errors import UploadInUse, UploadNotFound
from services.common.keys import UPLOAD_LIFE
from services.jobs import keys
from services.jobs.codec import moment
from services.jobs.scripts import read_script
from services.jobs.uploads.upload import UPLOAD_ID, Upload

_KEPT_SECONDS = int(UPLOAD_LIFE.total_seconds())
"""No key lives for ever. A job keeps an upload for as long as the job itself is remembered, which
is shorter."""

_POSTPONED_SECONDS = 3600
"""How long after a job was found to need an upload that is looked at again."""

_GIVEN_UP_SECONDS = 300
"""How long after an upload was given up it is removed, if nobody has forgotten it by then."""

_RESERVE = read_script("reserve_upload")
_ADMIT = read_script("admit_upload")
_WITHDRAW = read_script("withdraw_upload")
_FORGET = read_script("forget_upload")


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadPage:
    """Some uploads of an owner, newest first; `next_cursor` is empty on the last page."""

    uploads: Sequence[Upload]
    next_cursor: str


class UploadRegister:
    """The uploads of all owners. Every method raises RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def reserve(
        self, owner: str, upload_id: str, size_bytes: int, most_bytes: int, patience: timedelta
    ) -> bool:
        """Reserve space for an upload that is arriving, or change what is reserved for it.

        Return False if the owner's uploads would then take more than `most_bytes`. If the upload
        has not arrived within `patience`, it is due to be removed.
        """
        names = [keys.upload_space(owner), keys.UPLOADS_DUE]
        terms = [upload_id, owner, size_bytes, most_bytes, patience.total_seconds(), _KEPT_SECONDS]
        return bool(await _RESERVE.run_async(self._redis, names, terms))

    async def admit(
        self, owner: str, upload_id: str, facts: Facts, kept_for: timedelta
    ) -> Upload | None:
        """Enter an upload that has arrived; return None if it has been given up in the meantime."""
        names = [*_names(owner, upload_id), keys.uploads(owner)]
        fields: Mapping[str, Any] = {
            "content_type": facts.content_type,
            "width": facts.width,
            "height": facts.height,
            "size_bytes": facts.size_bytes,
            "sha256": facts.sha256,
        }
        terms = [upload_id, owner, kept_for.total_seconds(), _KEPT_SECONDS]
        flat = [part for pair in fields.items() for part in pair]
        if not await _ADMIT.run_async(self._redis, names, [*terms, *flat]):
            return None
        return await self.find(owner, upload_id)

    async def find(self, owner: str, upload_id: str) -> Upload | None:
        """Return an owner's upload."""
        return (await self._read(owner, [upload_id]))[0] if UPLOAD_ID.fullmatch(upload_id) else None

    async def page(self, owner: str, count: int, cursor: str) -> UploadPage:
        """Return a page of an owner's uploads; a cursor is the id with which the last one ended."""
        newest = f"({cursor}" if cursor else "+"
        asked = self._redis.zrevrangebylex(keys.uploads(owner), newest, "-", 0, count + 1)
        ids = [one.decode() for one in cast(list[bytes], await asked)]
        found = [one for one in await self._read(owner, ids[:count]) if one]
        return UploadPage(uploads=found, next_cursor=ids[count - 1] if len(ids) > count else "")

    async def withdraw(self, owner: str, upload_id: str) -> None:
        """Make an upload unavailable, because its owner asks for that: then delete its bytes.

        Raises UploadNotFound, and UploadInUse while a job that has not ended uses it.
        """
        told = await self._withdraw(owner, upload_id, "asked", 0)
        if told == b"missing":
            raise UploadNotFound("There is no such upload. Check its id; it may have expired.")
        if told == b"used":
            raise UploadInUse("A job uses this upload. Wait until it has ended, or cancel it.")

    async def give_up(self, owner: str, upload_id: str) -> None:
        """Make an upload that has not arrived unavailable: then delete its bytes.

        Until it is forgotten, it is due again some minutes later.
        """
        await self._withdraw(owner, upload_id, "anyway", _GIVEN_UP_SECONDS)

    async def expire(self, owner: str, upload_id: str) -> bool:
        """Make an upload that is due unavailable: then delete its bytes.

        Return False if a job needs it; then it is due again later.
        """
        return await self._withdraw(owner, upload_id, "due", _POSTPONED_SECONDS) != b"used"

    async def forget(self, owner: str, upload_id: str) -> None:
        """Give back the space of an upload whose bytes are deleted."""
        names = [keys.upload_space(owner), keys.UPLOADS_DUE, keys.upload_jobs(upload_id)]
        await _FORGET.run_async(self._redis, names, [upload_id, owner])

    async def due(self, count: int) -> Sequence[tuple[str, str]]:
        """Return the owners and ids of the uploads that are due, the first `count` of them."""
        seconds, micros = await self._redis.time()
        asked = self._redis.zrangebyscore(
            keys.UPLOADS_DUE, "-inf", seconds + micros / 1e6, start=0, num=count
        )
        pairs = [one.decode().split(" ") for one in cast(list[bytes], await asked)]
        return [(owner, upload_id) for upload_id, owner in pairs]

    async def forget_owner(self, owner: str) -> None:
        """Forget all uploads of an owner whose objects are deleted."""
        space = cast(Awaitable[list[bytes]], self._redis.hkeys(keys.upload_space(owner)))
        ids = [one.decode() for one in await space if one != b"total"]
        for upload_id in ids:
            await self.give_up(owner, upload_id)
            await self.forget(owner, upload_id)

    async def _withdraw(self, owner: str, upload_id: str, why: str, later: int) -> bytes:
        names = [*_names(owner, upload_id), keys.uploads(owner), keys.upload_jobs(upload_id)]
        terms = [upload_id, owner, why, later, _KEPT_SECONDS]
        return cast(bytes, await _WITHDRAW.run_async(self._redis, names, terms))

    async def _read(self, owner: str, ids: Sequence[str]) -> list[Upload | None]:
        pipe = self._redis.pipeline(transaction=False)
        for upload_id in ids:
            pipe.hgetall(keys.upload(upload_id))
        return [_upload(owner, *pair) for pair in zip(ids, await pipe.execute(), strict=True)]


def _names(owner: str, upload_id: str) -> list[str]:
    return [keys.upload(upload_id), keys.upload_space(owner), keys.UPLOADS_DUE]


def _upload(owner: str, upload_id: str, raw: Mapping[bytes, bytes]) -> Upload | None:
    kept = {name.decode(): value.decode() for name, value in raw.items()}
    if kept.get("owner") != owner:
        return None
    facts = Facts(
        content_type=kept["content_type"],
        width=int(kept["width"]),
        height=int(kept["height"]),
        size_bytes=int(kept["size_bytes"]),
        sha256=kept["sha256"],
    )
    return Upload(id=upload_id, owner=owner, facts=facts, expires_at=moment(kept["expires_at"]))
