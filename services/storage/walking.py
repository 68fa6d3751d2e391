"""Walks through a store, a page of names at a time."""

from collections.abc import AsyncIterator
from datetime import datetime

from services.common.errors import InternalError, ObjectNotFound
from services.common.keys import ObjectKey
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads

PAGE = 500


async def folders(store: ObjectStore, threads: StoreThreads, folder: str) -> AsyncIterator[str]:
    """Yield the names of the folders in a folder, "" for the outermost ones."""
    after = ""
    while names := await threads.run(store.list_folders, folder, after, PAGE):
        for name in names:
            yield name
        after = names[-1]


async def is_older(
    store: ObjectStore, threads: StoreThreads, key: ObjectKey, than: datetime
) -> bool:
    """Return whether an object was stored before this moment."""
    try:
        return (await threads.run(store.stat, key)).stored_at < than
    except (InternalError, ObjectNotFound):
        return True  # damaged, so that its age is known from its id alone; or gone meanwhile
