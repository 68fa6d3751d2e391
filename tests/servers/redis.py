"""Runs a Redis server for tests."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from deploy.local.redis_server import find_redis

_START_SECONDS = 20
_STOP_SECONDS = 10


@contextmanager
def running_redis() -> Iterator[str]:
    """Run an empty server that keeps nothing, for the length of the block; gives its URL."""
    with redis_process() as (url, _):
        yield url


@contextmanager
def redis_process(port: int = 0) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Like `running_redis`; gives the process too, for tests that stop or kill it."""
    port = port or free_port()
    with TemporaryDirectory() as folder, Path(folder, "log").open("w+") as log:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""]
        command = [find_redis(os.environ), *options]
        with subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                url = f"redis://127.0.0.1:{port}/0"
                _wait_until_ready(process, url, Path(log.name))
                yield url, process
            finally:
                _stop(process)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Redis did not start: {log.read_text()[-1000:]}")
        time.sleep(0.02)


def _is_ready(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_timeout=1) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:  # it was stopped by a signal, or hangs
        process.kill()


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class RedisServer(Protocol):
    """A server, or the primary of several, that a test may disturb."""

    url: str

    def start(self) -> None:
        """Start what does not run, and wait until it answers."""

    def kill(self) -> None:
        """Kill it as a crash would."""

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing: a network that is cut."""

    def thaw(self) -> None:
        """End the freeze."""


class DurableRedis:
    """A server that keeps its data in `folder` and comes back on the same port."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._environ = {**os.environ, **environ}
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again after a kill, and wait until it answers."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder)]
        command = [find_redis(os.environ), *options, "--save", "", "--appendonly", "yes"]
        log = self._folder / "log"
        with log.open("a") as lines:
            self._process = subprocess.Popen(command, env=self._environ, stdout=lines, stderr=lines)
        _wait_until_ready(self._process, self.url, log)

    def kill(self) -> None:
        """Kill it as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait(_STOP_SECONDS)

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing: a network that is cut."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End the freeze."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def durable_redis(
    folder: Path, environ: Mapping[str, str] = MappingProxyType({})
) -> Iterator[DurableRedis]:
    """Run a server that survives its own restarts, for the length of the block."""
    server = DurableRedis(folder, environ)
    server.start()
    try:
        yield server
    finally:
        server.kill()
