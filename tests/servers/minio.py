"""Builds a MinIO server where Go is at hand, and runs it for tests."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MODULE = "github.com/minio/minio@latest"
_BUILD_SECONDS = 1800
_START_SECONDS = 30


class NoMinio(Exception):
    """There is no MinIO server here; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Minio:
    """A running server, and the keys of its root user."""

    endpoint: str
    access_key: str = "snapasset-tests"
    secret_key: str = "not-a-secret-of-anybody"


def minio_program() -> Path:
    """Return the program, built on first use and kept in the user's cache. Raises NoMinio."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snapasset" / "bin"
    program = cache / "minio"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "minio.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs build it once
        if not program.exists():
            _build(program)
    return program


def _build(program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoMinio("Go is not installed, and MinIO is built by it")
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        try:
            subprocess.run(
                [go, "install", _MODULE],
                env={**os.environ, "GOBIN": folder},
                check=True,
                capture_output=True,
                text=True,
                timeout=_BUILD_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            raise NoMinio(f"MinIO cannot be built: {error.stderr.strip()[-300:]}") from error
        except subprocess.TimeoutExpired as error:
            raise NoMinio(f"MinIO was not built within {_BUILD_SECONDS} s") from error
        (Path(folder) / "minio").replace(program)


@contextmanager
def running_minio() -> Iterator[Minio]:
    """Run an empty server for the length of the block. Raises NoMinio."""
    program = minio_program()
    with tempfile.TemporaryDirectory() as folder:
        server = Minio(endpoint=f"127.0.0.1:{_free_port()}")
        command = [str(program), "server", f"{folder}/data", "--address", server.endpoint]
        environ = {
            **os.environ,
            "MINIO_ROOT_USER": server.access_key,
            "MINIO_ROOT_PASSWORD": server.secret_key,
            "MINIO_BROWSER": "off",
        }
        with (
            Path(folder, "log").open("w+") as log,
            subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process,
        ):
            try:
                _wait_until_ready(process, server, Path(log.name))
                yield server
            finally:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], server: Minio, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(server):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"MinIO did not start: {log.read_text()[-1000:]}")
        time.sleep(0.05)


def _is_ready(server: Minio) -> bool:
    try:
        with urllib.request.urlopen(f"http://{server.endpoint}/minio/health/ready", timeout=5):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
