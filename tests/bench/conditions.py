"""On what the figures were taken, and how busy it was."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from deploy.local.redis_server import find_redis
from tests.bench.stage import node

_SECONDS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """The machine at the beginning of a run."""

    began: datetime
    load: float

    @classmethod
    def now(cls) -> "Conditions":
        """Note the time and how busy the machine is without us."""
        return cls(began=datetime.now(UTC), load=os.getloadavg()[0])

    def lines(self) -> list[str]:
        """Return what to tell of it, at the end of the run."""
        minutes = (datetime.now(UTC) - self.began).total_seconds() / 60
        memory = psutil.virtual_memory().total / 2**30
        programs = [f"Python {platform.python_version()}", _said(find_redis(os.environ))]
        programs += [f"Node {_said(found)}"] if (found := node()) else []
        return [
            f"{self.began:%Y-%m-%d}, a run of {minutes:.0f} minutes",
            f"{psutil.cpu_count()} shared CPUs of {_processor()}, {memory:.0f} GB",
            f"load average {self.load:.1f} before and {os.getloadavg()[0]:.1f} after",
            ", ".join(programs),
        ]


def _said(program: str) -> str:
    """Return what a program answers to --version, cut short."""
    command = [program, "--version"]
    text = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=_SECONDS
    ).stdout
    return text.strip().partition(" sha=")[0].replace("server v=", "")


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - a device of the kernel
            return next(line for line in lines if "model name" in line).partition(": ")[2].strip()
    except (OSError, StopIteration):
        return platform.machine()
