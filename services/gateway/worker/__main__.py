"""Starts a worker: `python -m services.gateway.worker`."""

from services.common.channels import open_channel
from services.common.health_port import healthy
from services.common.serve import main, stop_requested
from services.common.telemetry import Telemetry
from services.gateway.connections import open_async_redis, open_redis
from services.gateway.job_metrics import JobMetrics
from services.gateway.jobs.moves import Moves
from services.gateway.jobs.recovery import Recovery
from services.gateway.jobs.reports import Reports
from services.gateway.jobs.transition import Transitions
from services.gateway.peers.generator import GrpcGenerator
from services.gateway.peers.resizer import GrpcResizer
from services.gateway.peers.storage import IDEMPOTENT, GrpcStore
from services.gateway.pipeline.run import Ports
from services.gateway.pipeline.turns import InTurns
from services.gateway.settings import WorkerSettings
from services.gateway.spend.books import Books
from services.gateway.spend.prices import read_prices
from services.gateway.worker.attempt import Attempts
from services.gateway.worker.observing import MeteredSpending, Observing
from services.gateway.worker.presence import Presence
from services.gateway.worker.worker import Worker


async def run(settings: WorkerSettings, telemetry: Telemetry) -> None:
    """Build the worker and run it until it is told to stop."""
    redis, async_redis = open_redis(settings.redis_url), open_async_redis(settings.redis_url)
    transitions = Transitions(redis, retention=settings.retention, lease=settings.lease)
    moves = Moves(transitions, JobMetrics(telemetry.registry).moved)
    reports = Reports(async_redis, settings.lease)
    books, prices = Books(async_redis), read_prices(settings.image_prices)
    patience = settings.connect_seconds
    ports = Ports(
        generator=GrpcGenerator(
            open_channel(settings.generator_address, settings),
            settings.generate_seconds,
            patience,
            prices,
        ),
        resizer=InTurns(
            GrpcResizer(
                open_channel(settings.resizer_address, settings), settings.resize_seconds, patience
            ),
            settings.resize_concurrency,
        ),
        store=GrpcStore(
            open_channel(settings.storage_address, settings, IDEMPOTENT),
            settings.storage_seconds,
            patience,
        ),
    )
    worker = Worker(
        redis=redis,
        async_redis=async_redis,
        moves=moves,
        reports=reports,
        recovery=Recovery(
            redis, transitions, moves, attempts=settings.attempts, lease=settings.lease
        ),
        attempts=Attempts(
            moves,
            reports,
            ports,
            MeteredSpending(books, prices, telemetry.registry),
            observing=Observing(telemetry),
            most=settings.attempts,
            most_refusals=settings.refusals,
            backoff_seconds=settings.backoff_seconds,
        ),
        presence=Presence(redis),
        slots=settings.worker_slots,
        beat_seconds=settings.lease_seconds / 4,
        grace_seconds=settings.grace_seconds,
    )
    async with healthy(settings):
        await worker.run(stop_requested())
    await books.close()


if __name__ == "__main__":
    main("worker", WorkerSettings, run)
