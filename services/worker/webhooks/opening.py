"""Builds what sends messages to webhooks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from services.common.platforms import read_platforms
from services.common.web.public_only import PublicOnly, fresh_connections
from services.jobs.views.job import Views
from services.jobs.webhooks.outbox import Outbox
from services.jobs.webhooks.registry import WebhookRegistry
from services.leaves.links import open_links
from services.leaves.storage import StorageClient
from services.worker.settings import WorkerSettings
from services.worker.webhooks.delivering import Delivering
from services.worker.webhooks.metrics import WebhookMetrics
from services.worker.webhooks.names import resolving
from services.worker.webhooks.post import Poster
from services.worker.webhooks.sender import Sender


@contextmanager
def open_sender(
    settings: WorkerSettings, redis: Redis, storage: StorageClient, registry: CollectorRegistry
) -> Iterator[Sender]:
    """Build the sender that `settings` describe; its threads end with the block."""
    links = open_links(storage, settings.image_base, private=settings.private)
    platforms = read_platforms(settings.platforms_file, instead=settings.platforms_instead)
    outbox = Outbox(redis, lease_seconds=2 * settings.webhook_seconds)
    threads = ThreadPoolExecutor(2 * settings.webhook_slots, thread_name_prefix="names")
    try:
        transport = PublicOnly(fresh_connections(), resolving(threads), settings.webhooks_reach)
        delivering = Delivering(
            outbox,
            WebhookRegistry(redis),
            Views(links, platforms),
            Poster(transport, settings.webhook_seconds),
            WebhookMetrics(registry),
            begin_seconds=settings.webhook_seconds / 2,
        )
        yield Sender(outbox, delivering, slots=settings.webhook_slots)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
