"""Starts a worker: `python -m services.worker`."""

from services.common.channels import open_channel
from services.common.gate import Gate
from services.common.health_port import healthy
from services.common.serve import main, spare_what_stays, stop_requested
from services.common.telemetry import Telemetry
from services.jobs.claims import Claims
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.metrics import JobMetrics
from services.jobs.presence import Presence
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.recovery import Recovery
from services.jobs.redis_server import refuse_eviction
from services.jobs.repairs import Repairs
from services.jobs.replication import Replication
from services.jobs.reports import Reports
from services.jobs.spend.books import Books
from services.jobs.uploads.register import UploadRegister
from services.leaves.generator import GeneratorClient
from services.leaves.resizer import ResizerClient
from services.leaves.storage import STORAGE, StorageClient
from services.worker.attempt import Attempts
from services.worker.forwarding import Forwarding
from services.worker.gated_resizer import GatedResizer
from services.worker.observing import Observing
from services.worker.patient_store import PatientStore
from services.worker.pipeline.work import Ports
from services.worker.settings import WorkerSettings
from services.worker.settling import RetryPolicy
from services.worker.spending import LeasedSpending, SpendMetrics
from services.worker.spool.spool import DiskSpool
from services.worker.upload_expiry import UploadExpiry
from services.worker.webhooks.opening import open_sender
from services.worker.worker import Worker


async def run(settings: WorkerSettings, telemetry: Telemetry) -> None:
    """Build the worker and run it until it is told to stop."""
    await refuse_eviction(settings.redis_url)
    redis, async_redis = open_redis(settings.redis_url), open_async_redis(settings.redis_url)
    records = Records(
        redis,
        retention=settings.retention,
        lease=settings.lease,
        moved=JobMetrics(telemetry.registry).moved,
    )
    claims = Claims(records)
    reports = Reports(async_redis, settings.lease)
    books, metrics = Books(async_redis), SpendMetrics(telemetry.registry)
    replication = Replication(async_redis, settings.redis_replicas)
    spool = DiskSpool(settings.spool_directory, settings.spool_bytes)
    spool.prepare()
    storage = StorageClient(
        open_channel(settings.storage_address, settings, STORAGE),
        timeout_seconds=settings.storage_seconds,
        connect_seconds=settings.connect_seconds,
    )
    store = PatientStore(storage, settings.storage_patience_seconds)
    register = UploadRegister(async_redis)
    ports = Ports(
        generator=GeneratorClient(
            open_channel(settings.generator_address, settings),
            timeout_seconds=settings.generate_seconds,
            connect_seconds=settings.connect_seconds,
        ),
        resizer=GatedResizer(
            ResizerClient(
                open_channel(settings.resizer_address, settings),
                timeout_seconds=settings.resize_seconds,
                connect_seconds=settings.connect_seconds,
            ),
            Gate(places=settings.resize_concurrency),
        ),
        store=store,
        uploads=register,
    )
    with open_sender(settings, async_redis, storage, telemetry.registry) as sender:
        worker = Worker(
            redis=redis,
            async_redis=async_redis,
            claims=claims,
            reports=reports,
            recovery=Recovery(
                redis, claims, Repairs(records), attempts=settings.attempts, lease=settings.lease
            ),
            attempts=Attempts(
                claims,
                reports,
                ports,
                spool=spool,
                spending=lambda token: LeasedSpending(books, metrics, replication, token),
                observing=Observing(telemetry),
                policy=RetryPolicy(
                    attempts=settings.attempts,
                    refusals=settings.refusals,
                    backoff_seconds=settings.backoff_seconds,
                    uncertain_purchases=settings.uncertain_purchases,
                ),
            ),
            presence=Presence(redis),
            forwarding=Forwarding(spool, store, Reader(async_redis)),
            sender=sender,
            expiry=UploadExpiry(async_redis, register, storage),
            slots=settings.worker_slots,
            batch_slots=max(1, int(settings.worker_slots * settings.batch_share)),
            beat_seconds=settings.lease_seconds / 4,
            grace_seconds=settings.grace_seconds,
        )
        async with healthy(settings):
            spare_what_stays()
            await worker.work(stop_requested())
    await books.close()


if __name__ == "__main__":
    main("worker", WorkerSettings, run)
