"""Uploads that are due leave storage and the register; others stay."""

from datetime import timedelta
from typing import cast

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.assets import Facts
from services.common.errors import Unavailable
from services.jobs import keys
from services.jobs.rq_record import key_of
from services.jobs.uploads.register import UploadRegister
from services.jobs.uploads.upload import new_upload_id
from services.jobs.values import new_job_id
from services.leaves.storage import StorageClient
from services.worker.upload_expiry import UploadExpiry

FACTS = Facts(content_type="image/png", width=40, height=60, size_bytes=300, sha256="0" * 64)
NOW, DAY = timedelta(0), timedelta(days=1)


class Objects:
    """A storage of which the tests see what it was told to delete; `away` until told otherwise."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.deleted: list[str] = []

    async def delete(self, key: str) -> None:
        if self.away:
            raise Unavailable("Storage is away.")
        self.deleted.append(key)


@pytest.fixture
def register(async_redis: AsyncRedis) -> UploadRegister:
    return UploadRegister(async_redis)


async def arrived(register: UploadRegister, kept_for: timedelta) -> str:
    upload_id = new_upload_id()
    await register.reserve("ada", upload_id, 300, 10**9, DAY)
    assert await register.admit("ada", upload_id, FACTS, kept_for)
    return upload_id


def expiry(async_redis: AsyncRedis, register: UploadRegister, objects: Objects) -> UploadExpiry:
    return UploadExpiry(async_redis, register, cast(StorageClient, objects))


async def test_what_is_due_is_removed_and_the_rest_stays(
    async_redis: AsyncRedis, register: UploadRegister
) -> None:
    expired, fresh, never = await arrived(register, NOW), await arrived(register, DAY), "up-x"
    await register.reserve("ada", never, 300, 10**9, NOW)
    objects = Objects()
    await expiry(async_redis, register, objects).sweep()
    assert sorted(objects.deleted) == [f"ada/uploads/{one}" for one in (expired, never)]
    assert await register.find("ada", expired) is None
    assert await register.find("ada", fresh)
    assert await async_redis.hlen(keys.upload_space("ada")) == len(["total", fresh])


async def test_what_an_unfinished_job_needs_stays(
    async_redis: AsyncRedis, register: UploadRegister, redis: Redis
) -> None:
    upload_id, job_id = await arrived(register, NOW), new_job_id()
    redis.hset(key_of(job_id), "status", "started")
    redis.sadd(keys.upload_jobs(upload_id), job_id)
    objects = Objects()
    await expiry(async_redis, register, objects).sweep()
    assert objects.deleted == []
    assert await register.find("ada", upload_id)


async def test_what_storage_cannot_delete_yet_stays_due(
    async_redis: AsyncRedis, register: UploadRegister, redis: Redis
) -> None:
    upload_id, objects = await arrived(register, NOW), Objects(away=True)
    await expiry(async_redis, register, objects).sweep()
    assert await register.due(10) == [("ada", upload_id)]
    objects.away = False
    redis.delete("snapasset:uploads-sweep")
    await expiry(async_redis, register, objects).sweep()
    assert objects.deleted == [f"ada/uploads/{upload_id}"]
    assert redis.keys("*upload*") == [b"snapasset:uploads-sweep"]


async def test_two_workers_do_not_sweep_at_once(
    async_redis: AsyncRedis, register: UploadRegister
) -> None:
    first, second = Objects(), Objects()
    await expiry(async_redis, register, first).sweep()
    await arrived(register, NOW)
    await expiry(async_redis, register, second).sweep()
    assert second.deleted == []
    assert len(await register.due(10)) == 1
