"""Runs real S3 servers for tests: MinIO, and the Versity gateway over a folder."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.go_programs import go_program

_START_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Server:
    """A running server, the keys of its root user, and the folder that holds its data."""

    endpoint: str
    folder: Path
    access_key: str = "snapasset-tests"
    secret_key: str = "not-a-secret-of-anybody"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How a kind of server is started; it reads its keys from two variables."""

    program: str
    arguments: Callable[[str, Path], list[str]]
    key_variables: tuple[str, str]
    ready_path: str

    def command(self, server: S3Server) -> list[str]:
        """Return what starts `server`. Raises NoProgram."""
        return [str(go_program(self.program)), *self.arguments(server.endpoint, server.folder)]

    def environ(self, server: S3Server) -> dict[str, str]:
        """Return what `server` is told."""
        keys = zip(self.key_variables, (server.access_key, server.secret_key), strict=True)
        return {**dict(keys), "MINIO_BROWSER": "off"}


KINDS: Mapping[str, Kind] = {
    "minio": Kind(
        program="minio",
        arguments=lambda address, data: ["server", str(data), "--address", address],
        key_variables=("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"),
        ready_path="/minio/health/ready",
    ),
    "versitygw": Kind(
        program="versitygw",
        arguments=lambda address, data: [
            *("--port", address, "--health", "/health", "--keep-alive", "--quiet"),
            *("posix", str(data)),
        ],
        key_variables=("ROOT_ACCESS_KEY", "ROOT_SECRET_KEY"),
        ready_path="/health",
    ),
}


@contextmanager
def running_s3(name: str = "minio", **more: str) -> Iterator[S3Server]:
    """Run an empty server of that kind for the length of the block; `more` is its environment.

    Raises NoProgram.
    """
    kind = KINDS[name]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir()
        server = S3Server(endpoint=f"127.0.0.1:{_free_port()}", folder=data)
        with (
            Path(folder, "log").open("w+") as log,
            subprocess.Popen(
                kind.command(server),
                env={**os.environ, **kind.environ(server), **more},
                stdout=log,
                stderr=log,
            ) as process,
        ):
            try:
                _wait_until_ready(process, f"http://{server.endpoint}{kind.ready_path}", log.name)
                yield server
            finally:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The S3 server did not start: {Path(log).read_text()[-1000:]}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - of a server of ours
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
