"""Starts storage: `python -m services.storage`."""

from snapasset.storage.v1.storage_pb2_grpc import add_StorageServiceServicer_to_server

from services.common.serve import main, serve
from services.storage.objects import Objects
from services.storage.opening import open_store
from services.storage.records import GenerationRecords
from services.storage.service import StorageService
from services.storage.settings import StorageSettings
from services.storage.threads import Threads


async def open_service(settings: StorageSettings) -> StorageService:
    """Build the service on the store that the settings ask for. Raises CannotStart."""
    threads = Threads(settings.threads)
    store = await threads.run(open_store, settings)
    return StorageService(
        Objects(store, threads, settings.max_object_bytes),
        GenerationRecords(store, threads),
        settings.upload_idle_seconds,
    )


async def run(settings: StorageSettings) -> None:
    """Serve until told to stop."""
    service = await open_service(settings)
    await serve(settings, settings.port, [(add_StorageServiceServicer_to_server, service)])


if __name__ == "__main__":
    main("storage", StorageSettings, run)
