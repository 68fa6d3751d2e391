"""The Redis of the local stack wants a password, and takes a port only where that is free."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis, exceptions

from deploy.local.redis_server import find_redis
from tests.eventually import eventually


@contextmanager
def running(folder: Path, port: int) -> Iterator[Path]:
    """Run it for the length of the block; gives its socket."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ":".join(sys.path),
        "REDIS_SERVER": find_redis(os.environ),
        "REDIS_DIRECTORY": str(folder),
        "REDIS_SOCKET": str(folder / "redis.sock"),
        "REDIS_PASSWORD": "sesame",
        "REDIS_PORT": str(port),
    }
    command = [sys.executable, "-m", "deploy.local.redis_server"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        yield folder / "redis.sock"
    finally:
        process.kill()
        process.wait()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except exceptions.ConnectionError:
        return False


async def test_it_answers_those_who_know_the_password(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    with (
        running(folder, 0) as path,
        Redis(unix_socket_path=str(path), password="sesame") as known,
        Redis(unix_socket_path=str(path)) as stranger,
    ):
        await eventually(lambda: answers(known))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(exceptions.AuthenticationError):
            stranger.ping()


async def test_a_port_that_is_asked_for_and_free_is_taken(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(tmp_path, port), Redis(port=port, password="sesame") as known:
        await eventually(lambda: answers(known))


async def test_a_port_that_another_has_taken_costs_the_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with (
            running(tmp_path, other.getsockname()[1]) as path,
            Redis(unix_socket_path=str(path), password="sesame") as known,
        ):
            await eventually(lambda: answers(known))
    assert "port" in (tmp_path / "log").read_text()
