"""The register of uploads on a real Redis."""

import asyncio
from datetime import timedelta
from typing import cast

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.assets import Facts
from services.common.errors import UploadInUse, UploadNotFound
from services.jobs import keys
from services.jobs.rq_record import key_of
from services.jobs.uploads.register import UploadRegister
from services.jobs.uploads.upload import Upload, new_upload_id
from services.jobs.values import new_job_id

FACTS = Facts(content_type="image/png", width=40, height=60, size_bytes=300, sha256="0" * 64)
DAY, SOON, NOW = timedelta(days=1), timedelta(minutes=5), timedelta(0)
MOST = 1000


@pytest.fixture
def register(async_redis: AsyncRedis) -> UploadRegister:
    return UploadRegister(async_redis)


async def arrived(
    register: UploadRegister, owner: str = "ada", kept_for: timedelta = DAY
) -> Upload:
    upload_id = new_upload_id()
    assert await register.reserve(owner, upload_id, 400, MOST, SOON)
    upload = await register.admit(owner, upload_id, FACTS, kept_for)
    assert upload
    return upload


def used(redis: Redis, upload: Upload, status: str) -> None:
    job_id = new_job_id()
    redis.hset(key_of(job_id), "status", status)
    redis.sadd(keys.upload_jobs(upload.id), job_id)


async def has_room(register: UploadRegister, size_bytes: int) -> bool:
    trial = new_upload_id()
    there_is = await register.reserve("ada", trial, size_bytes, MOST, SOON)
    await register.forget("ada", trial)
    return there_is


async def test_an_upload_is_found_by_its_owner_alone(register: UploadRegister) -> None:
    upload = await arrived(register)
    assert await register.find("ada", upload.id) == upload
    assert upload.facts == FACTS
    assert upload.key == f"ada/uploads/{upload.id}"
    assert DAY - SOON < upload.expires_at - upload.created_at < DAY + SOON
    assert await register.find("eve", upload.id) is None
    assert await register.find("ada", "up-1/../../eve") is None


async def test_what_has_not_arrived_is_not_found(register: UploadRegister) -> None:
    upload_id = new_upload_id()
    await register.reserve("ada", upload_id, 1, MOST, SOON)
    assert await register.find("ada", upload_id) is None


async def test_uploads_that_arrive_at_once_share_the_space_without_a_race(
    register: UploadRegister,
) -> None:
    asked = [register.reserve("ada", new_upload_id(), 300, MOST, SOON) for _ in range(20)]
    assert sum(await asyncio.gather(*asked)) == 3


async def test_space_is_taken_exactly_once_an_upload_has_arrived(register: UploadRegister) -> None:
    await arrived(register)
    assert await has_room(register, 700)
    assert not await has_room(register, 701)


async def test_others_have_space_of_their_own(register: UploadRegister) -> None:
    await arrived(register)
    assert await register.reserve("eve", new_upload_id(), MOST, MOST, SOON)


async def test_a_reservation_grows_only_as_far_as_there_is_space(register: UploadRegister) -> None:
    upload_id = new_upload_id()
    grown = [await register.reserve("ada", upload_id, size, MOST, SOON) for size in (1, 1000, 1001)]
    assert grown == [True, True, False]


async def test_deleting_gives_the_space_back_and_leaves_no_key(
    register: UploadRegister, redis: Redis
) -> None:
    upload = await arrived(register)
    await register.withdraw("ada", upload.id)
    assert await register.find("ada", upload.id) is None
    assert not await has_room(register, MOST)  # until the bytes are gone
    await register.forget("ada", upload.id)
    assert await has_room(register, MOST)
    assert redis.keys("*upload*") == []


async def test_what_is_withdrawn_and_never_forgotten_is_due(register: UploadRegister) -> None:
    upload = await arrived(register)
    await register.withdraw("ada", upload.id)
    assert await register.due(10) == [("ada", upload.id)]


async def test_nobody_deletes_what_is_not_there_or_not_theirs(register: UploadRegister) -> None:
    upload = await arrived(register)
    for owner, upload_id in (("eve", upload.id), ("ada", new_upload_id())):
        with pytest.raises(UploadNotFound):
            await register.withdraw(owner, upload_id)
    assert await register.find("ada", upload.id)


@pytest.mark.parametrize("status", ["queued", "started", "scheduled"])
async def test_an_upload_of_an_unfinished_job_can_be_neither_deleted_nor_expire(
    register: UploadRegister, redis: Redis, status: str
) -> None:
    upload = await arrived(register, kept_for=NOW)
    used(redis, upload, status)
    with pytest.raises(UploadInUse):
        await register.withdraw("ada", upload.id)
    assert not await register.expire("ada", upload.id)
    assert await register.find("ada", upload.id)
    assert await register.due(10) == []  # for a while


@pytest.mark.parametrize("status", ["failed", "canceled"])
async def test_an_upload_that_a_retry_would_need_does_not_expire_but_can_be_deleted(
    register: UploadRegister, redis: Redis, status: str
) -> None:
    upload = await arrived(register, kept_for=NOW)
    used(redis, upload, status)
    assert not await register.expire("ada", upload.id)
    await register.withdraw("ada", upload.id)


async def test_an_upload_whose_jobs_have_completed_or_are_forgotten_expires(
    register: UploadRegister, redis: Redis
) -> None:
    upload = await arrived(register, kept_for=NOW)
    used(redis, upload, "finished")
    redis.sadd(keys.upload_jobs(upload.id), new_job_id())
    assert await register.due(10) == [("ada", upload.id)]
    assert await register.expire("ada", upload.id)
    await register.forget("ada", upload.id)
    assert redis.keys("*upload*") == []


async def test_an_upload_that_never_arrives_is_due_and_cannot_arrive_later(
    register: UploadRegister,
) -> None:
    upload_id = new_upload_id()
    await register.reserve("ada", upload_id, 400, MOST, NOW)
    assert await register.due(10) == [("ada", upload_id)]
    assert await register.expire("ada", upload_id)
    await register.forget("ada", upload_id)
    assert await register.admit("ada", upload_id, FACTS, DAY) is None


async def test_a_list_has_pages_newest_first(register: UploadRegister) -> None:
    made = [(await arrived(register)).id for _ in range(3)]
    first = await register.page("ada", 2, "")
    rest = await register.page("ada", 2, first.next_cursor)
    assert [one.id for one in (*first.uploads, *rest.uploads)] == sorted(made, reverse=True)
    assert (len(first.uploads), rest.next_cursor) == (2, "")


async def test_an_erased_owner_has_nothing_in_the_register(
    register: UploadRegister, redis: Redis
) -> None:
    upload = await arrived(register)
    used(redis, upload, "queued")
    await register.reserve("ada", new_upload_id(), 100, MOST, SOON)
    await register.forget_owner("ada")
    assert redis.keys("*upload*") == []


async def test_every_key_of_the_register_has_an_end(register: UploadRegister, redis: Redis) -> None:
    await arrived(register)
    endless = [key for key in cast(list[bytes], redis.keys("*upload*")) if redis.ttl(key) == -1]
    assert endless == [keys.UPLOADS_DUE.encode()]
