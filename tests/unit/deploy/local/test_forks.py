"""A forked program runs as `python -m` would run it, and leaves with whoever started it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.local.forks import CannotFork, Fork, ForkServer, fork_server, start
from tests.eventually import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the fork server")

REDIS = ["python", "-m", "deploy.local.redis_server"]
CLIENT = ["python", "-m", "clients.python.snapasset_client"]
STORAGE = [sys.executable, "-m", "services.storage"]


def forked(
    server: ForkServer, command: list[str], environ: Mapping[str, str], output: Path
) -> Fork:
    with output.open("wb") as file:
        return server.fork(command, environ, file)


def storage(server: ForkServer, folder: Path) -> Fork:
    """Fork one and return it when it serves."""
    environ = {"STORAGE_PORT": "0", "STORAGE_DIRECTORY": str(folder)}
    output = folder / "output"
    process = forked(server, STORAGE, environ, output)
    while "Listening" not in output.read_text():
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
    return process


def test_a_fork_knows_its_own_environment_alone_and_tells_how_it_ended(
    forks: ForkServer, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    process = forked(forks, REDIS, {"REDIS_SERVER": "/nowhere"}, output)
    assert process.wait(60) == 1
    said = output.read_text()
    assert said.startswith("Redis cannot start: ")
    assert "REDIS_DIRECTORY" in said
    assert "REDIS_SERVER" not in said


def test_a_fork_has_a_process_group_of_its_own_and_tells_which_signal_ended_it(
    forks: ForkServer, tmp_path: Path
) -> None:
    process = storage(forks, tmp_path)
    assert os.getpgid(process.pid) == process.pid
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait(60) == process.poll() == -signal.SIGKILL
    process.kill()  # as often as one likes


def test_a_fork_ends_cleanly(forks: ForkServer, tmp_path: Path) -> None:
    process = storage(forks, tmp_path)
    process.terminate()
    assert process.wait(60) == 0


def test_a_fork_has_its_words_and_three_files(forks: ForkServer, tmp_path: Path) -> None:
    words = ["--address", "127.0.0.1:1", "delete-user-data", "ada"]
    (tmp_path / "typed").write_text("nobody\n")
    with (
        (tmp_path / "typed").open() as given,
        (tmp_path / "output").open("w") as output,
        (tmp_path / "errors").open("w") as errors,
    ):
        command = [*CLIENT, *words]
        process = forks.fork(
            command, {"SNAPASSET_TOKEN": "t"}, output, errors=errors, given=given, folder=tmp_path
        )
        assert process.wait(60) == 1
    assert (tmp_path / "output").read_text() == ""
    assert "Nothing was deleted." in (tmp_path / "errors").read_text()


async def test_forks_end_with_their_server(tmp_path: Path) -> None:
    with fork_server() as server:
        process = storage(server, tmp_path)
    assert process.wait(60) == -signal.SIGKILL
    await eventually(lambda: not Path(f"/proc/{process.pid}").exists())
    with pytest.raises(CannotFork, match="no fork server"):
        forked(server, STORAGE, {}, tmp_path / "output")


def test_what_cannot_be_forked_is_executed(forks: ForkServer, tmp_path: Path) -> None:
    output = tmp_path / "output"
    code = "import os; print(os.environ['WORD'], os.getpgid(0) == os.getpid())"
    for command in ([sys.executable, "-c", code], [sys.executable, "-m", "this"]):
        with pytest.raises(CannotFork):
            forked(forks, command, {}, output)
    with output.open("wb") as file:
        process = start([sys.executable, "-c", code], {"WORD": "cat"}, file, forks)
    assert process.wait(60) == 0
    assert output.read_text() == "cat True\n"


def test_an_environment_that_is_too_long_is_left_to_the_operating_system(
    forks: ForkServer, tmp_path: Path
) -> None:
    with pytest.raises(CannotFork, match="too long"):
        forked(forks, STORAGE, {"WORD": "x" * 200_000}, tmp_path / "output")
