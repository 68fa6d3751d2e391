"""Starts storage: `python -m services.storage`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from snapasset.storage.v1.storage_pb2_grpc import add_StorageServiceServicer_to_server

from services.common.ending import end
from services.common.serve import main, serve
from services.common.telemetry import Telemetry
from services.storage.forgotten import ForgottenUploads
from services.storage.objects import Objects
from services.storage.opening import open_links, wait_for_store
from services.storage.owners import Owners
from services.storage.records import GenerationRecords
from services.storage.retention import Retention
from services.storage.service import StorageService
from services.storage.settings import StorageSettings
from services.storage.threads import StoreThreads

_DELETE_SECONDS = 5.0
"""How long one call keeps deleting an owner's data."""


@asynccontextmanager
async def open_service(settings: StorageSettings) -> AsyncIterator[StorageService]:
    """Build the service on the configured store, and keep the store from growing for ever.

    Raises CannotStart.
    """
    threads = StoreThreads(settings.threads)
    store = await wait_for_store(settings, threads)
    service = StorageService(
        Objects(store, threads, settings.max_object_bytes),
        GenerationRecords(store, threads),
        Owners(store, threads, _DELETE_SECONDS),
        open_links(settings),
        settings.upload_idle_seconds,
    )
    sweeps = [ForgottenUploads(store, threads).run()]
    if settings.retention_days:
        retention = Retention(store, threads, timedelta(days=settings.retention_days))
        sweeps.append(retention.run(settings.retention_pause_seconds))
    sweeping = [asyncio.create_task(one) for one in sweeps]
    try:
        yield service
    finally:
        await end(sweeping)


async def run(settings: StorageSettings, telemetry: Telemetry) -> None:
    """Serve until told to stop."""
    async with open_service(settings) as service:
        added = [(add_StorageServiceServicer_to_server, service)]
        await serve(settings, settings.port, added, telemetry=telemetry)


if __name__ == "__main__":
    main("storage", StorageSettings, run)
