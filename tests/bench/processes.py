"""What processes use: CPU seconds and memory, each with all that they started."""

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

_MB = 1024 * 1024


def family(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants, those that live."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return what these processes and their descendants have used, the ended ones included."""
    total = 0.0
    for pid in pids:
        for process in family(pid):
            with suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])  # user, system, and those of ended children
    return total


def memory_mb(pids: Iterable[int]) -> float:
    """Return the proportional set size: what several share counts once."""
    total = 0
    for pid in pids:
        for process in family(pid):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_full_info().pss
    return total / _MB


class Stopwatch:
    """Measures a stretch: its seconds, and the CPU seconds of some processes."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self._wall, self._cpu = time.perf_counter(), cpu_seconds(self._pids)

    def read(self) -> tuple[float, float]:
        """Return the seconds and the CPU seconds since the beginning."""
        return time.perf_counter() - self._wall, cpu_seconds(self._pids) - self._cpu
