"""Starts a worker: `python -m services.worker`."""

from services.common.channels import open_channel
from services.common.health_port import healthy
from services.common.serve import main, stop_requested
from services.common.telemetry import Telemetry
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.metrics import JobMetrics
from services.jobs.moves import Moves
from services.jobs.presence import Presence
from services.jobs.recovery import Recovery
from services.jobs.reports import Reports
from services.jobs.spend.books import Books
from services.jobs.spend.prices import read_prices
from services.jobs.transition import Transitions
from services.leaves.generator import GrpcGenerator
from services.leaves.resizer import GrpcResizer
from services.leaves.storage import IDEMPOTENT, GrpcStore
from services.worker.attempt import Attempts
from services.worker.observing import MeteredSpending, Observing
from services.worker.pipeline.run import Ports
from services.worker.pipeline.turns import InTurns
from services.worker.settings import WorkerSettings
from services.worker.worker import Worker


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
            prices.cost_micros,
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
