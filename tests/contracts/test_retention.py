"""What is old vanishes whole, and what is fresh stays, on each store."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from services.common.errors import Unavailable
from services.common.keys import ObjectKey, generation_folder, object_key
from services.storage.facts import ObjectFacts
from services.storage.keys import record_key
from services.storage.retention import Retention
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from tests.contracts.test_generations import made_at

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OLD, FRESH = NOW - timedelta(days=31), NOW - timedelta(days=29)


def store_at(store: ObjectStore, key: str, when: datetime) -> ObjectKey:
    """Store an object as if it had been done at another time."""
    data, checked = b"cat", object_key(key)
    with closing(store.receive()) as incoming:
        incoming.write(data)
        incoming.publish(
            ObjectFacts(
                key=checked,
                content_type="image/png",
                size_bytes=len(data),
                sha256=sha256(data).hexdigest(),
                stored_at=when,
            )
        )
    return checked


def make(
    store: ObjectStore, user_id: str, made: datetime, stored: datetime, *, record: bool = True
) -> set[ObjectKey]:
    """Store a generation; return its keys."""
    generation_id = made_at(int(made.timestamp() * 1000))
    folder = generation_folder(user_id, generation_id)
    keys = [f"{folder}master", f"{folder}twitter-post-1200x675.jpg"]
    keys += [record_key(user_id, generation_id)] if record else []
    return {store_at(store, key, stored) for key in keys}


def all_keys(store: ObjectStore) -> set[ObjectKey]:
    return set(store.list_keys("", "", 1000))


def retention(store: ObjectStore, most: int = 100) -> Retention:
    return Retention(store, StoreThreads(2), timedelta(days=30), most)


async def test_old_generations_vanish_whole_and_fresh_ones_stay(store: ObjectStore) -> None:
    fresh = make(store, "ada", FRESH, FRESH)
    fresh |= make(store, "ada-b", FRESH, FRESH, record=False)
    fresh |= make(store, "bob", OLD, FRESH)  # repeated lately
    fresh |= make(store, "bob", OLD - timedelta(days=1), FRESH, record=False)
    fresh |= {store_at(store, "ada/not-a-generation/1.png", OLD)}
    make(store, "ada", OLD, OLD)
    make(store, "cleo", OLD, OLD)
    make(store, "cleo", OLD - timedelta(days=1), OLD, record=False)  # its job died early
    assert await retention(store).sweep(NOW) == 2 + 3
    assert all_keys(store) == fresh
    assert await retention(store).sweep(NOW) == 0


async def test_a_pass_is_bounded_and_the_next_one_goes_on(store: ObjectStore) -> None:
    for days in range(5):
        make(store, "ada", OLD - timedelta(days=days), OLD)
    bounded = retention(store, most=2)
    assert [await bounded.sweep(NOW) for _ in range(4)] == [4, 4, 2, 0]
    assert all_keys(store) == set()


async def test_two_processes_may_do_it_at_once(store: ObjectStore) -> None:
    for days in range(5):
        make(store, "ada", OLD - timedelta(days=days), OLD)
    await asyncio.gather(*(retention(store).sweep(NOW) for _ in range(2)))
    assert all_keys(store) == set()


class Failing:
    """A store whose deletes fail after some."""

    def __init__(self, store: ObjectStore, deletes: int) -> None:
        self._store = store
        self._deletes = deletes

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def delete(self, keys: list[ObjectKey]) -> None:
        if not self._deletes:
            raise Unavailable("The store does not answer.")
        self._deletes -= 1
        self._store.delete(keys)


@pytest.mark.parametrize("deletes", [0, 1, 2, 3])
async def test_a_pass_that_is_cut_off_shows_no_generation_without_its_images(
    store: ObjectStore, deletes: int
) -> None:
    whole = [make(store, "ada", OLD - timedelta(days=days), OLD) for days in range(2)]
    failing: object = Failing(store, deletes)
    with pytest.raises(Unavailable):
        await Retention(failing, StoreThreads(2), timedelta(days=30)).sweep(NOW)  # type: ignore[arg-type]
    left = all_keys(store)
    for keys in whole:
        record = {key for key in keys if key.startswith("_records/")}
        assert keys <= left or not record & left
    await retention(store).sweep(NOW)
    assert all_keys(store) == set()
