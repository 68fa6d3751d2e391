"""What can befall a folder: symbolic links, other people's files, lost bytes, a full disk."""

import resource
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from services.common.errors import (
    InternalError,
    InvalidRequest,
    ObjectNotFound,
    StorageFull,
    Unavailable,
)
from services.common.keys import object_key
from services.storage.directory import DirectoryObjectStore
from services.storage.incoming import INCOMING
from services.storage.writing import Writing

KEY = object_key("ada/1/master.png")
MIB = 1024 * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> DirectoryObjectStore:
    return DirectoryObjectStore(root)


def put(store: DirectoryObjectStore, key: str, data: bytes) -> None:
    with closing(Writing(store, object_key(key), "image/png", len(data))) as upload:
        upload.write(data)
        upload.commit(len(data), sha256(data).hexdigest())


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_begins_with_the_bytes_of_its_object(
    store: DirectoryObjectStore, root: Path
) -> None:
    put(store, KEY, b"cat")
    assert (root / KEY).read_bytes().startswith(b"cat\n")


def test_a_reader_goes_on_with_a_version_that_has_been_replaced(
    store: DirectoryObjectStore,
) -> None:
    old, new = b"x" * 3 * MIB, b"y" * 3 * MIB
    put(store, KEY, old)
    with closing(store.open(KEY)) as reading:
        first = reading.read()
        put(store, KEY, new)
        assert first + reading.read_all() == old
    store.delete([KEY])


def test_the_last_object_of_a_folder_takes_the_folder_along(
    store: DirectoryObjectStore, root: Path
) -> None:
    put(store, KEY, b"cat")
    put(store, "ada/2/master.png", b"cat")
    store.delete([KEY])
    assert files(root) == [INCOMING, "ada", "ada/2", "ada/2/master.png"]
    store.delete([object_key("ada/2/master.png")])
    assert files(root) == [INCOMING]


@pytest.mark.parametrize("link", ["ada", "ada/1", "ada/1/master.png"])
def test_a_symbolic_link_never_leads_out(
    store: DirectoryObjectStore, root: Path, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    put(DirectoryObjectStore(outside), KEY, b"secret")
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(outside / link)
    for act in (store.stat, store.open):
        with pytest.raises(ObjectNotFound):
            act(KEY)
    assert store.list_keys("ada/1/", "", 10) == []
    if link != KEY:
        with pytest.raises(InvalidRequest):
            put(store, KEY, b"cat")
    else:
        put(store, KEY, b"cat")
    store.delete([KEY])
    with closing(DirectoryObjectStore(outside).open(KEY)) as reading:
        assert reading.read_all() == b"secret"


def test_the_root_itself_may_be_a_symbolic_link(root: Path, tmp_path: Path) -> None:
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    store = DirectoryObjectStore(tmp_path / "link")
    put(store, KEY, b"cat")
    assert store.list_keys("ada/", "", 1) == [KEY]


@pytest.mark.parametrize("key", ["ada/1", "ada/1/master.png/deeper"])
def test_a_key_and_a_folder_cannot_have_one_name(store: DirectoryObjectStore, key: str) -> None:
    put(store, KEY, b"cat")
    with pytest.raises(InvalidRequest, match="cannot lie below another object"):
        put(store, key, b"dog")
    assert store.list_keys("ada/", "", 10) == [KEY]


@pytest.mark.parametrize("damage", [b"", b"cat", b"cat" + b"{}" * 256])
def test_a_file_that_is_no_object_is_called_damaged(
    store: DirectoryObjectStore, root: Path, damage: bytes
) -> None:
    put(store, KEY, b"cat")
    (root / KEY).write_bytes(damage)
    for act in (store.stat, store.open):
        with pytest.raises(InternalError, match="damaged"):
            act(KEY)
    assert store.exists(KEY)
    store.delete([KEY])
    assert not store.exists(KEY)


def test_a_file_that_has_lost_its_middle_is_called_damaged(
    store: DirectoryObjectStore, root: Path
) -> None:
    put(store, KEY, b"x" * 5000)
    whole = (root / KEY).read_bytes()
    (root / KEY).write_bytes(whole[:1000] + whole[2000:])
    with pytest.raises(InternalError, match="damaged"):
        store.open(KEY)


def test_bytes_that_have_changed_on_the_disk_are_noticed(
    store: DirectoryObjectStore, root: Path
) -> None:
    put(store, KEY, b"cat")
    (root / KEY).write_bytes((root / KEY).read_bytes().replace(b"cat", b"bat"))
    with closing(store.open(KEY)) as reading, pytest.raises(InternalError, match="damaged"):
        reading.read_all()


def test_the_files_of_others_are_not_listed(store: DirectoryObjectStore, root: Path) -> None:
    put(store, KEY, b"cat")
    (root / "ada/1/.DS_Store").touch()
    (root / "ada/.hidden").mkdir()
    (root / "ada/.hidden/file").touch()
    assert store.list_keys("ada/", "", 10) == [KEY]


@pytest.fixture
def _full_disk() -> Iterator[None]:
    """No file of this process may grow over 1 MiB, which is how a quota feels."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("_full_disk")
def test_a_full_disk_is_told_and_leaves_the_old_object(
    store: DirectoryObjectStore, root: Path
) -> None:
    put(store, KEY, b"old")
    for size in (2 * MIB, MIB - 100):  # too full for the bytes, and for their facts
        with pytest.raises(StorageFull):
            put(store, KEY, b"x" * size)
    assert store.stat(KEY).size_bytes == 3
    assert files(root / INCOMING) == []


def test_there_is_no_room_for_more_than_the_disk_has(store: DirectoryObjectStore) -> None:
    store.check_room(MIB)
    with pytest.raises(StorageFull, match="Storage is full"):
        store.check_room(1 << 60)


def test_a_folder_that_has_gone_is_unavailable(store: DirectoryObjectStore, root: Path) -> None:
    (root / INCOMING).rmdir()
    with pytest.raises(Unavailable):
        put(store, KEY, b"cat")


def test_what_a_dead_writer_has_left_is_removed_at_the_start(
    store: DirectoryObjectStore, root: Path
) -> None:
    (root / INCOMING / "tmpdead").write_bytes(b"half")
    with closing(Writing(store, KEY, "image/png", 10)) as alive:
        alive.write(b"cat")
        DirectoryObjectStore(root)
        assert len(files(root / INCOMING)) == 1
        alive.commit(3, sha256(b"cat").hexdigest())
    assert store.exists(KEY)
