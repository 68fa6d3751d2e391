"""What the local stack keeps is closed to others, and its sockets have paths that work."""

import stat
from pathlib import Path

import pytest

from deploy.local.private import private_file, private_folder, socket_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_and_a_file_that_were_open_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    (folder / "log").write_text("old")
    (folder / "log").chmod(0o644)
    assert mode(private_folder(folder)) == 0o700
    assert mode(private_file(folder / "log")) == 0o600
    assert (folder / "log").read_text() == ""


def test_sockets_lie_in_the_folder(tmp_path: Path) -> None:
    with socket_folder(Path("/tmp") / tmp_path.name) as sockets:  # noqa: S108 - a short path
        assert sockets == Path("/tmp") / tmp_path.name / "sockets"  # noqa: S108
        assert mode(sockets) == 0o700
        sockets.rmdir()
        sockets.parent.rmdir()


@pytest.mark.parametrize("name", ["a folder", "f" * 90])
def test_sockets_lie_elsewhere_when_the_path_would_not_work(tmp_path: Path, name: str) -> None:
    with socket_folder(tmp_path / name) as sockets:
        assert not sockets.is_relative_to(tmp_path)
        assert mode(sockets) == 0o700
    assert not sockets.exists()
