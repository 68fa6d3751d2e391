"""Everything that is kept of a user is deleted, and nothing of anybody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from snapasset.gateway.v1.users_pb2 import DeleteUserDataRequest
from snapasset.gateway.v1.users_pb2_grpc import UserServiceStub
from snapasset.storage.v1 import storage_pb2 as sto

from deploy.local.forks import ForkServer
from services.common.channels import open_channel
from services.common.errors import Unavailable
from services.common.keys import generation_folder
from services.gateway.access.api_keys import new_key
from services.gateway.api.erasure import CALL_SECONDS, Erasure
from services.jobs.batches import Batches
from services.jobs.claims import Claims
from services.jobs.moves import Moves
from services.jobs.owned_jobs import OwnedJobs
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.spend.books import Books
from services.jobs.uploads.register import UploadRegister
from services.jobs.values import Status, generation_id
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.erasing import WebhookErasure
from services.jobs.webhooks.registry import WebhookRegistry
from services.leaves.storage import StorageClient
from services.storage.settings import StorageSettings
from tests.contracts.calls import SOON, put
from tests.eventually import eventually
from tests.integration.gateway.test_usage import spend
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.storage import connected as storage_connected
from tests.servers.storage import storage_process
from tests.unit.jobs.shop import RESULT

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub

ADA, NEIGHBOURS = "ada", ("ada-b", "ada:b", "ada.", "ad", "user:ada")
JOBS_KEY, JOBS_STORED = new_key("importer", ["jobs"])
ADMIN_KEY, ADMIN_STORED = new_key("sweeper", ["admin"])

FORGOTTEN_SOON = ("snapasset:limits", "snapasset:spent-mark")
NOBODY = "127.0.0.1:1"


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A gateway, storage and Redis, and how tests get at them."""

    address: str
    storage_port: int
    storage: "StorageServiceAsyncStub"
    folder: Path
    redis_url: str
    records: Records

    async def make(self, owner: str) -> list[str]:
        """Give an owner a completed, an active and two waiting jobs, a generation and usage."""
        async with connected(self.address, bearer(owner)) as client:
            keys = [("idempotency-key", f"order-{number}") for number in range(4)]
            made = [(await client.create(owner, key)).message.job_id for key in keys]
        claims = Claims(self.records)
        for job_id, token in zip(made, ("one", "two"), strict=False):
            assert claims.claim(job_id, "worker-1", token)
        claims.complete(made[0], "one", RESULT)
        record = sto.Generation(
            generation_id=generation_id(made[0]), user_id=owner, job_id=made[0], prompt="A boat"
        )
        await self.storage.SaveGeneration(sto.SaveGenerationRequest(generation=record), **SOON)
        for job_id in made[:2]:
            await self.put(owner, job_id, "master")
        await spend(self.redis_url, owner)
        return made

    async def put(self, owner: str, job_id: str, name: str) -> None:
        """Store a file of a job."""
        await put(self.storage, generation_folder(owner, generation_id(job_id)) + name, b"cat")

    def files(self) -> set[Path]:
        """Return what storage holds."""
        return {path for path in self.folder.rglob("*") if path.is_file()}

    async def status(self, job_id: str) -> Status:
        """Return the state of a job."""
        async with AsyncRedis.from_url(self.redis_url) as redis:
            return (await Reader(redis).get(job_id)).status

    @asynccontextmanager
    async def erasure(
        self, storage: str = "", settle_seconds: float = 0.0
    ) -> AsyncIterator[Erasure]:
        """Open what erases, with storage at another address if one is given."""
        target = storage or f"127.0.0.1:{self.storage_port}"
        async with (
            AsyncRedis.from_url(self.redis_url) as redis,
            open_channel(target, StorageSettings()) as channel,
        ):
            yield Erasure(
                batches=Batches(redis),
                uploads=UploadRegister(redis),
                jobs=OwnedJobs(self.records, Moves(self.records)),
                storage=StorageClient(channel, timeout_seconds=CALL_SECONDS),
                books=Books(redis),
                webhooks=WebhookErasure(WebhookRegistry(redis), Deliveries(redis)),
                settle_seconds=settle_seconds,
            )


@pytest.fixture
async def house(redis_url: str, tmp_path: Path, forks: ForkServer) -> AsyncIterator[House]:
    settings = StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    known = {"api_key_lines": (JOBS_STORED.line, ADMIN_STORED.line)}
    lease = timedelta(seconds=20)
    with storage_process(settings, forks) as (_, port), Redis.from_url(redis_url) as redis:
        async with (
            storage_connected(port) as storage,
            running_gateway(redis_url, storage_address=f"127.0.0.1:{port}", **known) as address,
        ):
            yield House(
                address=address,
                storage_port=port,
                storage=storage,
                folder=tmp_path,
                redis_url=redis_url,
                records=Records(redis, retention=timedelta(hours=1), lease=lease),
            )


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield redis


def kept_keys(redis: Redis) -> set[str]:
    """Return all keys of Redis that outlive an hour."""
    return {key for key in redis.scan_iter() if not key.startswith(FORGOTTEN_SOON)}


def members(redis: Redis) -> set[str]:
    """Return what stands in the lists and sorted sets of Redis."""
    found: set[Any] = set()
    for key in kept_keys(redis):
        kind: Any = redis.type(key)
        if kind in ("zset", "list"):
            found.update(cast(Any, (redis.zrange if kind == "zset" else redis.lrange)(key, 0, -1)))
    return found


async def test_nothing_of_the_user_is_left_and_all_of_the_others(
    house: House, redis: Redis
) -> None:
    for owner in NEIGHBOURS:
        await house.make(owner)
    before = kept_keys(redis), house.files()
    jobs = await house.make(ADA)
    async with house.erasure() as erases:
        erased = await erases.erase(ADA)
        again = await erases.erase(ADA)
    assert (erased.cancelled_jobs, erased.deleted_jobs, erased.done) == (3, 4, True)
    assert (erased.deleted_generations, erased.deleted_files) == (1, 2)
    assert (kept_keys(redis), house.files()) == before
    assert not members(redis) & {ADA, *jobs}
    assert again.done
    assert (again.cancelled_jobs, again.deleted_jobs, again.deleted_files) == (0, 0, 0)
    async with connected(house.address, bearer("ad")) as other:
        stays = await other.create("ad", ("idempotency-key", "order-0"))
    async with connected(house.address, bearer(ADA)) as ada:
        anew = await ada.create(ADA, ("idempotency-key", "order-0"))
    assert "idempotent-replayed" in stays.headers
    assert "idempotent-replayed" not in anew.headers


async def test_what_was_cut_off_is_gone_on_with(house: House) -> None:
    jobs = await house.make(ADA)
    async with house.erasure(storage=NOBODY) as erases:
        with pytest.raises(Unavailable):
            await erases.erase(ADA)
    states = [await house.status(job_id) for job_id in jobs]
    assert states == [Status.COMPLETED] + [Status.CANCELLED] * 3
    async with house.erasure() as erases:
        erased = await erases.erase(ADA)
    assert (erased.cancelled_jobs, erased.deleted_jobs, erased.deleted_files) == (0, 4, 2)
    assert erased.done
    assert not house.files()


async def test_an_image_that_a_cancelled_job_still_stores_is_deleted_too(house: House) -> None:
    jobs = await house.make(ADA)

    async def cancelled() -> bool:
        return await house.status(jobs[1]) is Status.CANCELLED

    async with house.erasure(settle_seconds=5.0) as erases:
        erasing = asyncio.create_task(erases.erase(ADA))
        await eventually(cancelled)
        await house.put(ADA, jobs[1], "late.jpg")
        assert (await erasing).done
    assert not house.files()


@pytest.mark.parametrize(
    ("credentials", "user_id", "code"),
    [
        (bearer(ADA), ADA, "FORBIDDEN"),
        (bearer("mallory"), ADA, "FORBIDDEN"),
        (("x-api-key", JOBS_KEY), ADA, "FORBIDDEN"),
        (("x-trace", "nobody"), ADA, "UNAUTHORIZED"),
        (("x-api-key", ADMIN_KEY), ADA, ""),
        (bearer("root", role="admin"), ADA, ""),
        (bearer("root", role="admin"), "", "INVALID_REQUEST"),
        (bearer("root", role="admin"), "../ada", "INVALID_REQUEST"),
    ],
)
async def test_only_an_administrator_may(
    house: House, credentials: tuple[str, str], user_id: str, code: str
) -> None:
    await put(house.storage, "ada/1/master", b"cat")
    async with connected(house.address, credentials) as client:
        request = DeleteUserDataRequest(user_id=user_id)
        answer = await client.call(UserServiceStub(client.channel).DeleteUserData, request)
    assert answer.code == code
    assert (house.folder / "ada/1/master").exists() == bool(code)
    assert answer.message is None or answer.message.done
