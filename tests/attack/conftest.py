"""The stack that is attacked: all of it, real, with limits that no attack meets by accident."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from tests.bench.processes import family
from tests.servers.otlp import Receiver, running_receiver

API_KEY = "snap_marked-key-of-the-battery-0123456789abcdef"
UPLOAD_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is attacked: the stack, its folder, and who receives its traces."""

    stack: Stack
    folder: Path
    receiver: Receiver

    @property
    def port(self) -> int:
        """The public port."""
        return self.stack.port

    @property
    def log(self) -> str:
        """All that all processes have logged."""
        files = sorted((self.folder / "log").glob("*.log"))
        return "".join(file.read_text(errors="replace") for file in files)

    def memory_mib(self, name: str) -> float:
        """Return what a process and its children hold."""
        pids = [one.pid for one in family(self.stack.processes[name].pid)]
        return sum(map(_resident_mib, pids))


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> Iterator[Target]:
    folder: Path = tmp_path_factory.mktemp("target")
    digest = hashlib.sha256(API_KEY.encode()).hexdigest()
    with running_receiver() as receiver:
        environ = {
            "RATE_LIMIT_REQUESTS": "1000000/minute",
            "RATE_LIMIT_JOBS": "1000000/minute",
            "GATEWAY_API_KEYS": f"battery:admin+jobs:{digest}",
            "LOG_FORMAT": "json",
            "STANDIN_SWITCHES": "care=low",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "UPLOAD_SECONDS": str(UPLOAD_SECONDS),
        }
        with running_stack(folder, environ=environ, forks=forks) as stack:
            yield Target(stack=stack, folder=folder, receiver=receiver)


def _resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kib) / 1024
