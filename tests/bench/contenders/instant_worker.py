"""Our worker with services that answer at once: what remains is the work of the queue itself.

`python -m tests.bench.contenders.instant_worker REDIS_URL SLOTS JOB_SECONDS`
"""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

import uvloop
from prometheus_client import CollectorRegistry

from services.common.assets import Facts, ProviderCall, Rendition
from services.common.errors import GenerationNotFound, ObjectNotFound, ProviderBadAnswer
from services.common.logs import set_up_logs
from services.common.serve import stop_requested
from services.common.settings import load
from services.common.targets import Target
from services.common.telemetry import Telemetry
from services.jobs.claims import Claims
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.presence import Presence
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.recovery import Recovery
from services.jobs.repairs import Repairs
from services.jobs.replication import Replication
from services.jobs.reports import Reports
from services.jobs.spend.books import Books
from services.jobs.uploads.register import UploadRegister
from services.leaves.purchases import Delivery, ImageOrder, PurchaseEvent, UnreadAnswer
from services.leaves.records import GenerationRecord
from services.leaves.resizer import Cut, Wishes
from services.leaves.storage import StorageClient
from services.worker.attempt import Attempts
from services.worker.forwarding import Forwarding
from services.worker.observing import Observing
from services.worker.pipeline.work import Ports
from services.worker.settings import WorkerSettings
from services.worker.settling import RetryPolicy
from services.worker.spending import LeasedSpending, SpendMetrics
from services.worker.spool.spool import DiskSpool
from services.worker.upload_expiry import UploadExpiry
from services.worker.webhooks.opening import open_sender
from services.worker.worker import Worker

_LEASE, _RETENTION = timedelta(seconds=20), timedelta(hours=72)
_IMAGE = b"an image"
_FACTS = Facts(
    content_type="image/png",
    width=64,
    height=64,
    size_bytes=len(_IMAGE),
    sha256=hashlib.sha256(_IMAGE).hexdigest(),
)
_CALL = ProviderCall(
    request_id="req", model="none", outcome="ok", input_tokens=1, output_tokens=1, stand_in=True
)


class Instant:
    """Generator, resizer and store in one; painting takes `seconds`, everything else nothing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def estimate(self, order: ImageOrder) -> int:
        """See ports.Generator."""
        return 0

    async def read_answer(
        self, answer: UnreadAnswer, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Delivery]:
        """See ports.Generator; no answer is ever kept."""
        raise ProviderBadAnswer("It cannot be read.")
        yield

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        """See ports.Generator."""
        await asyncio.sleep(self._seconds)
        yield _CALL
        yield Delivery(facts=_FACTS, model="none", revised_prompt=order.prompt, chunks=_image())

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        for target in targets:
            yield Cut(target=target.id, facts=_FACTS, crop=(0, 0, 64, 64), chunks=_image())

    async def check_room(self, size_bytes: int) -> None:
        """See ports.Store."""

    async def put(
        self,
        key: str,
        content_type: str,
        read: Callable[[], AsyncIterator[bytes]],
        size_bytes: int,
        sha256: str,
    ) -> None:
        """See ports.Store."""
        async for _ in read():
            pass

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """See ports.Store; nothing was ever stored."""
        return {}

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """See ports.Store; nothing was ever stored."""
        raise ObjectNotFound("There is no such object.")
        yield b""

    async def delete(self, key: str) -> None:
        """See ports.Store."""

    async def save(self, record: GenerationRecord) -> None:
        """See ports.Store."""

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        """See ports.Store; nothing was ever stored."""
        raise GenerationNotFound("There is no such generation.")

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        """See ports.Store."""


async def _image() -> AsyncIterator[bytes]:
    yield _IMAGE


async def run(url: str, slots: int, seconds: float) -> None:
    """Work until told to stop, with the settings that a worker has by default."""
    redis, async_redis, instant = open_redis(url), open_async_redis(url), Instant(seconds)
    records = Records(redis, retention=_RETENTION, lease=_LEASE)
    claims, reports, books = Claims(records), Reports(async_redis, _LEASE), Books(async_redis)
    register = UploadRegister(async_redis)
    ports = Ports(generator=instant, resizer=instant, store=instant, uploads=register)
    metrics, replication = SpendMetrics(CollectorRegistry()), Replication(async_redis, 0)
    spool = DiskSpool(Path(mkdtemp(prefix="snapasset-spool-")), most_bytes=1 << 30)
    settings, storage = load(WorkerSettings, {}), cast(StorageClient, instant)
    with open_sender(settings, async_redis, storage, CollectorRegistry()) as sender:
        worker = Worker(
            redis=redis,
            async_redis=async_redis,
            claims=claims,
            reports=reports,
            recovery=Recovery(redis, claims, Repairs(records), attempts=3, lease=_LEASE),
            attempts=Attempts(
                claims,
                reports,
                ports,
                spool=spool,
                spending=lambda token: LeasedSpending(books, metrics, replication, token),
                observing=Observing(Telemetry()),
                policy=RetryPolicy(attempts=3, backoff_seconds=2.0),
            ),
            presence=Presence(redis),
            forwarding=Forwarding(spool, instant, Reader(async_redis)),
            sender=sender,
            expiry=UploadExpiry(async_redis, register, storage),
            slots=slots,
            batch_slots=slots,
            beat_seconds=_LEASE.total_seconds() / 4,
            grace_seconds=0.0,
        )
        await worker.work(stop_requested())


if __name__ == "__main__":
    set_up_logs("worker", "INFO", "json")
    uvloop.run(run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
