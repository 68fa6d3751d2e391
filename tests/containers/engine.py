"""A Docker engine of its own for the tests: no registry, nothing shared with another engine."""

import fcntl
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("dockerd", "docker", "docker-compose", "debootstrap", "iptables")
OPEN_FILES = 20_000
_START_SECONDS, _STOP_SECONDS = 60, 60


class NoEngine(Exception):
    """No engine can run here; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """A running engine; `environ` leads its clients to it."""

    environ: Mapping[str, str]

    def docker(self, *words: str, seconds: float = 120) -> str:
        """Run one command of the client and return what it prints."""
        return run(("docker", *words), self.environ, seconds)


def run(command: tuple[str, ...], environ: Mapping[str, str], seconds: float) -> str:
    """Run a command to its end and return its output; a failure shows all that it said."""
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


@contextmanager
def running_engine() -> Iterator[Engine]:
    """Run an engine for the length of the block. Raises NoEngine."""
    if os.geteuid() != 0:
        raise NoEngine("a container engine needs root here")
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        raise NoEngine(
            f"{', '.join(missing)} not found; "
            "apt-get install docker.io docker-compose debootstrap iptables"
        )
    # Two engines would share the bridge docker0.
    with Path(tempfile.gettempdir(), "snapasset-engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = Path(tempfile.mkdtemp(prefix="engine-"))
        try:
            with _dockerd(folder) as engine:
                yield engine
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _dockerd(folder: Path) -> Iterator[Engine]:
    host = f"unix://{folder / 'docker.sock'}"
    command = ["dockerd", "--host", host, "--pidfile", str(folder / "pid")]
    command += ["--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")]
    # The classic builder runs everywhere; BuildKit's needs a plugin with newer clients.
    environ = {**os.environ, "DOCKER_HOST": host, "DOCKER_BUILDKIT": "0"}
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output, preexec_fn=_few_files) as process,
    ):
        try:
            _wait_until_ready(process, environ, log)
            yield Engine(environ=environ)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _few_files() -> None:
    """Lower a limit that is so high that programs which close every descriptor hang."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def _wait_until_ready(
    process: "subprocess.Popen[bytes]", environ: Mapping[str, str], log: Path
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(environ):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoEngine(f"dockerd does not run here: {log.read_text()[-600:]}")
        time.sleep(0.2)


def _answers(environ: Mapping[str, str]) -> bool:
    command = ("docker", "version", "--format", "{{.Server.Version}}")
    done = subprocess.run(command, env=environ, capture_output=True, timeout=20, check=False)
    return done.returncode == 0
