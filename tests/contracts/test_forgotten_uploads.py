"""Uploads that the register has lost vanish in the end, and no others, on each store."""

from datetime import timedelta

from services.common.keys import UPLOAD_LIFE, UPLOADS, ObjectKey, upload_key
from services.storage.forgotten import ForgottenUploads
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from tests.contracts.test_retention import NOW, all_keys, make, store_at

DAY = timedelta(days=1)


def upload(store: ObjectStore, owner: str, days: int) -> ObjectKey:
    """Store an upload as if it had been sent so many days ago."""
    when = NOW - days * DAY
    name = f"up-{int(when.timestamp() * 1000)}-{days:032x}"
    return store_at(store, upload_key(owner, name), when)


async def test_what_no_register_can_know_any_more_is_removed(store: ObjectStore) -> None:
    life = UPLOAD_LIFE // DAY
    kept = {upload(store, "ada", life), upload(store, "bob", 1)}
    for owner in ("ada", UPLOADS):
        kept |= make(store, owner, NOW - 2 * UPLOAD_LIFE, NOW - 2 * UPLOAD_LIFE)
    for owner, days in (("ada", life + 2), ("ada", 2 * life), ("cleo", life + 2)):
        upload(store, owner, days)
    sweeper = ForgottenUploads(store, StoreThreads(2))
    assert await sweeper.sweep(NOW) == 3
    assert all_keys(store) == kept
    assert await sweeper.sweep(NOW) == 0
