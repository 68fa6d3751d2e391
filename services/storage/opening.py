"""Opens the configured store, or says what keeps it from working.

The SDK of S3 takes as long to import as everything else here, so only a store in a bucket does.
"""

from functools import partial
from pathlib import Path

from services.common.patience import answer_of
from services.common.serve import CannotStart
from services.storage.directory import DirectoryObjectStore
from services.storage.settings import StorageSettings
from services.storage.store import Links, ObjectStore, StoreIsSilent
from services.storage.threads import StoreThreads

_PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 1.0


async def wait_for_store(
    settings: StorageSettings, threads: StoreThreads, *, patience_seconds: float = _PATIENCE_SECONDS
) -> ObjectStore:
    """Return the store once its server answers: both may have been started at one moment.

    Raises CannotStart when it can't be used, or does not answer in time.
    """
    return await answer_of(
        partial(threads.run, open_store, settings),
        StoreIsSilent,
        name="the store",
        patience_seconds=patience_seconds,
        again_seconds=_AGAIN_SECONDS,
    )


def open_store(settings: StorageSettings) -> ObjectStore:
    """Return the bucket of S3_ENDPOINT, or the directory where none is set; blocks.

    Raises CannotStart when it can't be used.
    """
    if settings.s3_endpoint:
        from services.storage.bucket import open_bucket

        return open_bucket(settings)
    return open_directory(settings.directory)


def open_directory(root: Path) -> DirectoryObjectStore:
    """Return the store in that folder, made if it is missing. Raises CannotStart."""
    try:
        return DirectoryObjectStore(root)
    except OSError as error:
        raise CannotStart(
            f"STORAGE_DIRECTORY {root.absolute()} cannot be written ({error.strerror}); "
            "make it writable, name another folder, or set S3_ENDPOINT"
        ) from error


def open_links(settings: StorageSettings) -> Links | None:
    """Return the signer of links, if the settings ask for them. Raises CannotStart."""
    if settings.image_links != "presigned":
        return None
    from services.storage.bucket import presigned_links

    return presigned_links(settings)
