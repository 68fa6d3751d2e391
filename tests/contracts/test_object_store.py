"""What every ObjectStore does, tried on each."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from itertools import product

import pytest

from services.common.channels import CHUNK_BYTES
from services.common.errors import ObjectNotFound, RangeNotSatisfiable
from services.common.keys import object_key
from services.storage.facts import ObjectFacts
from services.storage.store import ObjectStore
from services.storage.writing import Writing

KEY = object_key("ada/1/master.png")


def put(store: ObjectStore, key: str, data: bytes, content_type: str = "image/png") -> ObjectFacts:
    with closing(Writing(store, object_key(key), content_type, len(data))) as upload:
        upload.write(data)
        return upload.commit(len(data), sha256(data).hexdigest())


def read(store: ObjectStore, key: str, offset: int = 0, length: int | None = None) -> bytes:
    with closing(store.open(object_key(key), offset, length)) as reading:
        return reading.read_all()


def pattern(size: int, seed: int = 0) -> bytes:
    row = bytes((seed + at) % 251 for at in range(1000))
    return (row * (size // len(row) + 1))[:size]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 3 * CHUNK_BYTES + 1, 6 * 1024 * 1024])
def test_an_object_comes_back_as_it_was_stored(store: ObjectStore, size: int) -> None:
    data = pattern(size)
    stored = put(store, KEY, data)
    assert read(store, KEY) == data
    assert stored.size_bytes == size
    assert stored.sha256 == sha256(data).hexdigest()


def test_stat_and_open_tell_the_facts_that_the_upload_returned(store: ObjectStore) -> None:
    stored = put(store, KEY, b"cat", "image/webp")
    assert stored.content_type == "image/webp"
    assert store.stat(KEY) == stored
    with closing(store.open(KEY, 1, 1)) as reading:
        assert reading.facts == stored


def test_an_overwritten_object_has_new_bytes_and_new_facts(store: ObjectStore) -> None:
    put(store, KEY, b"old", "image/png")
    stored = put(store, KEY, b"newer", "image/jpeg")
    assert (read(store, KEY), store.stat(KEY)) == (b"newer", stored)


def test_there_is_room_for_a_little(store: ObjectStore) -> None:
    store.check_room(1)


def test_an_unknown_key_is_not_found(store: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound):
        store.stat(KEY)
    with pytest.raises(ObjectNotFound):
        store.open(KEY)
    assert not store.exists(KEY)


def test_a_folder_is_no_object(store: ObjectStore) -> None:
    put(store, KEY, b"cat")
    folder = object_key("ada/1")
    with pytest.raises(ObjectNotFound):
        store.open(folder)
    assert not store.exists(folder)
    store.delete([folder])
    assert store.exists(KEY)


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        (0, 4, b"0123"),
        (3, 4, b"3456"),
        (3, None, b"3456789"),
        (9, 1, b"9"),
        (8, 100, b"89"),
        (0, 100, b"0123456789"),
    ],
)
def test_a_range_is_cut_at_the_end(
    store: ObjectStore, offset: int, length: int | None, expected: bytes
) -> None:
    put(store, KEY, b"0123456789")
    assert read(store, KEY, offset, length) == expected


@pytest.mark.parametrize("offset", [10, 11, 1 << 50])
def test_a_range_behind_the_end_is_not_satisfiable(store: ObjectStore, offset: int) -> None:
    put(store, KEY, b"0123456789")
    for length in (None, 1, 1 << 50):
        with pytest.raises(RangeNotSatisfiable):
            store.open(KEY, offset, length)


def test_the_range_from_the_beginning_of_an_empty_object_is_empty(store: ObjectStore) -> None:
    put(store, KEY, b"")
    assert read(store, KEY, 0, 5) == b""
    with pytest.raises(RangeNotSatisfiable):
        store.open(KEY, 1)


def test_an_upload_that_is_not_committed_leaves_nothing(store: ObjectStore) -> None:
    put(store, KEY, b"old")
    with closing(Writing(store, KEY, "image/png", 100)) as upload:
        upload.write(b"new")
    with closing(Writing(store, object_key("ada/2/master.png"), "image/png", 100)) as upload:
        upload.write(b"new")
    assert read(store, KEY) == b"old"
    assert store.list_keys("ada/", "", 10) == [KEY]


def test_a_reader_gets_the_version_that_it_opened(store: ObjectStore) -> None:
    old, new = pattern(8 * 1024 * 1024, 1), pattern(8 * 1024 * 1024, 2)
    put(store, KEY, old)
    with closing(store.open(KEY)) as reading, ThreadPoolExecutor(1) as pool:
        first = reading.read()
        # Beside the reading, because MinIO lets a writer wait until those who read have ended.
        writing = pool.submit(put, store, KEY, new)
        assert first + reading.read_all() == old
        writing.result()
    assert read(store, KEY) == new


def test_of_concurrent_overwrites_one_wins_whole(store: ObjectStore) -> None:
    versions = [pattern(CHUNK_BYTES + seed, seed) for seed in range(8)]
    kinds = {data: f"image/v{seed}" for seed, data in enumerate(versions)}
    put(store, KEY, versions[0], kinds[versions[0]])

    def look() -> tuple[str, bytes]:
        with closing(store.open(KEY)) as reading:
            return reading.facts.content_type, reading.read_all()

    def overwrite(data: bytes) -> tuple[str, bytes]:
        put(store, KEY, data, kinds[data])
        return look()

    with ThreadPoolExecutor(16) as pool:
        writes = pool.map(overwrite, versions * 5)
        reads = pool.map(lambda _: look(), range(40))
        seen = [*writes, *reads, look()]
    assert all(kinds[data] == kind for kind, data in seen)


def test_overwrites_and_deletes_of_one_folder_at_once_all_succeed(store: ObjectStore) -> None:
    def put_and_delete(number: int) -> None:
        key = object_key(f"ada/1/{number}.png")
        put(store, key, b"cat")
        store.delete([key])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put_and_delete, [number % 8 for number in range(80)]))
    assert store.list_keys("ada/", "", 10) == []


@pytest.fixture
def listed(store: ObjectStore) -> ObjectStore:
    for folder, name in product(("ada/1", "ada/1/deep", "ada-2", "ada/10"), ("b", "A", "a-", "a")):
        put(store, f"{folder}/{name}", b"cat")
    return store


def test_a_listing_is_in_the_order_of_characters(listed: ObjectStore) -> None:
    assert listed.list_keys("ada/", "", 100) == [
        *("ada/1/A", "ada/1/a", "ada/1/a-", "ada/1/b"),
        *("ada/1/deep/A", "ada/1/deep/a", "ada/1/deep/a-", "ada/1/deep/b"),
        *("ada/10/A", "ada/10/a", "ada/10/a-", "ada/10/b"),
    ]


def test_a_listing_goes_on_behind_a_key_that_need_not_exist(listed: ObjectStore) -> None:
    assert listed.list_keys("ada/10/", "ada/10/a", 2) == ["ada/10/a-", "ada/10/b"]
    assert listed.list_keys("ada/10/", "ada/10/Z", 1) == ["ada/10/a"]
    assert listed.list_keys("ada/10/", "ada/10/b", 1) == []


def test_folders_are_listed_without_what_is_in_them(listed: ObjectStore) -> None:
    put(listed, "ada/1-", b"cat")
    assert listed.list_folders("", "", 10) == ["ada-2", "ada"]
    assert listed.list_folders("", "ada-2", 10) == ["ada"]
    assert listed.list_folders("", "ada", 10) == []
    assert listed.list_folders("ada/", "", 10) == ["1", "10"]
    assert listed.list_folders("ada/", "", 1) == ["1"]
    assert listed.list_folders("ada/", "1", 10) == ["10"]
    assert listed.list_folders("bob/", "", 10) == []


def test_a_listing_of_nothing_is_empty(store: ObjectStore) -> None:
    assert store.list_keys("ada/", "", 10) == []


def test_deleted_objects_are_gone_and_their_neighbours_stay(listed: ObjectStore) -> None:
    listed.delete([object_key("ada/10/a"), object_key("ada/10/b"), object_key("ada/10/none")])
    assert listed.list_keys("ada/10/", "", 10) == ["ada/10/A", "ada/10/a-"]
    assert not listed.exists(object_key("ada/10/a"))


@pytest.mark.parametrize("key", ["ada/" + "x" * 255, "/".join(["x" * 127] * 8), "1/2/3/4/5/6/7/8"])
def test_the_longest_keys_can_be_stored(store: ObjectStore, key: str) -> None:
    put(store, key, b"cat")
    assert read(store, key) == b"cat"
