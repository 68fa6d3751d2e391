"""Nothing that is saved gets out of its folder, or over another file."""

from pathlib import Path

import pytest

from clients.python.snapasset_client.folders import Folder


def put(folder: Path, content: bytes, name: str = "a.jpg") -> None:
    with Folder.open(folder) as opened, opened.new_file(name) as out:
        out.write(content)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    with Folder.open(tmp_path / "new") as folder, folder.new_file("a.jpg") as out:
        out.write(b"ca")
        assert not (tmp_path / "new" / "a.jpg").exists()
        out.write(b"t")
    assert (tmp_path / "new" / "a.jpg").read_bytes() == b"cat"
    assert names(tmp_path / "new") == ["a.jpg"]


def test_a_file_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with Folder.open(tmp_path) as folder, folder.new_file("a.jpg") as out:
            out.write(b"ca")
            raise RuntimeError("the network")

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == []


def test_the_same_again_is_fine_and_anything_else_is_not_overwritten(tmp_path: Path) -> None:
    put(tmp_path, b"cat")
    put(tmp_path, b"cat")
    with pytest.raises(FileExistsError) as caught:
        put(tmp_path, b"dog")
    assert caught.value.filename == str(tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == b"cat"
    assert names(tmp_path) == ["a.jpg"]


def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    folder.mkdir()
    (folder / "a.jpg").symlink_to(victim)
    with pytest.raises(OSError, match=r"a\.jpg"):
        put(folder, b"cat")
    victim.write_bytes(b"mine")
    with pytest.raises(OSError, match=r"a\.jpg"):
        put(folder, b"cat")
    assert victim.read_bytes() == b"mine"


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "job").symlink_to(elsewhere)
    with Folder.open(tmp_path / "out") as outer, pytest.raises(OSError, match="job"):
        outer.inside("job")
    assert names(elsewhere) == []


def test_the_folder_that_was_opened_is_written_to_whatever_takes_its_place(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Folder.open(tmp_path / "out") as folder:
        (tmp_path / "out").rename(tmp_path / "moved")
        (tmp_path / "out").symlink_to(elsewhere)
        with folder.new_file("a.jpg") as out:
            out.write(b"cat")
    assert (names(elsewhere), names(tmp_path / "moved")) == ([], ["a.jpg"])
