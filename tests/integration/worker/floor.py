"""A shop floor: real Redis, real leaf services in this process, real worker processes."""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from redis import Redis
from rq.job import Job as RqJob
from snapasset.generator.v1.generator_pb2_grpc import add_GeneratorServiceServicer_to_server
from snapasset.resizer.v1.resizer_pb2_grpc import add_ResizerServiceServicer_to_server
from snapasset.storage.v1.storage_pb2_grpc import add_StorageServiceServicer_to_server

from deploy.local.forks import ForkServer
from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.serve import listening
from services.common.options import JobOptions
from services.generator import __main__ as generator
from services.generator.settings import GeneratorSettings
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.listing import Listing
from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.retrying import Retrying
from services.jobs.values import Job, JobSpec, Status, Urgency
from services.resizer import __main__ as resizer
from services.resizer.settings import ResizerSettings
from services.storage import __main__ as storage
from services.storage.settings import StorageSettings
from tests.eventually import eventually
from tests.integration.worker.steered import Scissors, Server, Storage
from tests.servers.jobs import AMPLE, put_in_line
from tests.servers.redis import RedisServer, durable_redis
from tests.servers.worker import WorkerProcess, Workers, workers

PLATFORMS = ("twitter-header", "facebook-cover", "twitter-post")
LEASE_SECONDS = 2.0


@dataclass(kw_only=True, slots=True)
class Floor:
    """Everything that a test of the worker needs."""

    redis_server: RedisServer
    redis: Redis
    records: Records
    moves: Moves
    retrying: Retrying
    reader: Reader
    listing: Listing
    ledger: Ledger
    storage: Storage
    storage_folder: Path
    scissors: Scissors
    servers: "dict[str, Server]"
    workers: Workers
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def create(
        self,
        switches: str = "",
        owner: str = "ada",
        platforms: Sequence[str] = PLATFORMS,
        urgency: Urgency = Urgency.NORMAL,
        **options: Any,
    ) -> str:
        """Put a job in line; `switches` are the stand-in's."""
        prompt = f"Lighthouse number {next(self.numbers)} [standin: {switches}]"
        spec = JobSpec(
            user_id=owner,
            prompt=prompt,
            platforms=tuple(platforms),
            options=JobOptions(**{"quality": "low", **options}),
            urgency=urgency,
        )
        return put_in_line(self.records, spec)

    def retry(self, job_id: str, *, buy_again: bool = False) -> None:
        """Put an ended job back in line."""
        assert self.retrying.retry(job_id, AMPLE, buy_again=buy_again).became == "in"

    async def job(self, job_id: str) -> Job:
        """Return the job as it is."""
        return await self.reader.get(job_id)

    async def until(self, job_id: str, *states: Status, seconds: float = 30) -> Job:
        """Wait until the job is in one of these states."""

        async def there() -> bool:
            return (await self.job(job_id)).status in states

        await eventually(there, seconds)
        return await self.job(job_id)

    async def completed(self, job_id: str, seconds: float = 30) -> Job:
        """Wait until the job has completed with all its images, each stored once."""
        job = await self.until(job_id, *(s for s in Status if s.ended), seconds=seconds)
        assert job.status is Status.COMPLETED, job.failure
        assert job.result
        assert tuple(image.platform for image in job.result.images) == job.spec.platforms
        return job

    def calls(self, outcome: str = "") -> int:
        """Count the calls to the provider, all or those with this outcome."""
        counts = self.ledger.report()["counts"]
        return cast(int, counts["outcomes"].get(outcome, 0) if outcome else counts["calls"])

    @property
    def bought(self) -> int:
        """How many images the provider has sent whole."""
        return cast(int, self.ledger.report()["counts"]["images_sent"])

    async def painting(self, count: int = 1) -> None:
        """Wait until so many calls are at the provider."""
        await eventually(lambda: self.calls("in_progress") >= count)

    def worker_of(self, job_id: str) -> WorkerProcess:
        """Return the worker that has, or had last, the job."""
        raw = cast(Any, self.redis.hget(RqJob.key_for(job_id), "worker_name"))
        return self.workers.of(int(raw.decode().split("-")[-2]))

    def files(self) -> list[str]:
        """The names of all stored images, masters included."""
        return sorted(
            path.name
            for path in self.storage_folder.rglob("*")
            if path.is_file() and path.name.startswith(("master-", *PLATFORMS))
        )


@asynccontextmanager
async def shop_floor(
    folder: Path,
    forks: ForkServer,
    redis_environ: Mapping[str, str] = MappingProxyType({}),
    redis_server: AbstractContextManager[RedisServer] | None = None,
) -> AsyncIterator[Floor]:
    """Open the floor without any worker, on a durable Redis unless another is given."""
    plain: Any = {"drain_seconds": 0.0, "grace_seconds": 0.0}
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        opened = stack.enter_context(
            redis_server or durable_redis(_made(folder / "redis"), redis_environ)
        )
        redis = stack.enter_context(closing(open_redis(opened.url)))
        async_redis = await stack.enter_async_context(open_async_redis(opened.url))
        app = build_app(ledger, {"care": "low"}, lambda fields: None)
        origin = await stack.enter_async_context(listening(app, "127.0.0.1", 0))
        painter = GeneratorSettings(
            api_key="none", base_url=f"{origin}/v1", pixel_budget=1024 * 1024, **plain
        )
        buyer = await stack.enter_async_context(generator.open_service(painter))
        kept = StorageSettings(directory=folder / "storage", **plain)
        store = Storage(await stack.enter_async_context(storage.open_service(kept)))
        cutting = ResizerSettings(**plain)
        scissors = Scissors(stack.enter_context(resizer.open_service(cutting)))
        servers = {
            "GENERATOR_ADDRESS": Server(painter, (add_GeneratorServiceServicer_to_server, buyer)),
            "STORAGE_ADDRESS": Server(kept, (add_StorageServiceServicer_to_server, store)),
            "RESIZER_ADDRESS": Server(cutting, (add_ResizerServiceServicer_to_server, scissors)),
        }
        for server in servers.values():
            await server.start()
            stack.push_async_callback(server.stop)
        environ = {name: f"127.0.0.1:{server.port}" for name, server in servers.items()} | {
            "REDIS_URL": opened.url,
            "WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "RETRY_BACKOFF_SECONDS": "0.2",
            "WORKER_GRACE_SECONDS": "15",
            "WORKER_SPOOL_DIRECTORY": str(folder / "spool"),
        }
        lease, hour = timedelta(seconds=LEASE_SECONDS), timedelta(hours=1)
        records = Records(redis, retention=hour, lease=lease)
        yield Floor(
            redis_server=opened,
            redis=redis,
            records=records,
            moves=Moves(records),
            retrying=Retrying(records),
            reader=Reader(async_redis),
            listing=Listing(async_redis),
            ledger=ledger,
            storage=store,
            storage_folder=folder / "storage",
            scissors=scissors,
            servers=servers,
            workers=stack.enter_context(workers(environ, folder, forks)),
        )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
