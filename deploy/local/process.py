"""Keeps one process of the stack alive: logs its output and restarts it when it dies."""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from deploy.local.forks import Child, ForkServer, start

Show = Callable[[str, str], None]
"""Shows one line of a process, by its name."""

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
JOIN_SECONDS = 15.0


class Process:
    """One supervised process, in a process group of its own.

    `forks` starts it, if it can. `ends` counts how often it has ended unasked; `last_line` is its
    last line of output.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        log_file: Path,
        show: Show,
        pause_seconds: float = FIRST_PAUSE_SECONDS,
        forks: ForkServer | None = None,
    ) -> None:
        self.name = name
        self.log_file = log_file
        self.ends = 0
        self.last_line = ""
        self._command = command
        self._environ = environ
        self._show = show
        self._pause_seconds = pause_seconds
        self._forks = forks
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._thread: threading.Thread | None = None
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """The process id; while it waits for its restart, that of the dead process."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Start it, once its last run has ended, and return when it has a pid."""
        self.join(JOIN_SECONDS)
        self._stopping.clear()
        self._started.clear()
        # A process ends with the thread that started it: see deploy/tether.py.
        self._thread = threading.Thread(target=self._keep_alive, name=self.name, daemon=True)
        self._thread.start()
        self._started.wait(10)

    def kill(self) -> None:
        """Kill it as a crash would; it restarts after a pause."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end; it does not restart."""
        with self._lock:
            self._stopping.set()
        self._signal(signal.SIGTERM)

    def join(self, seconds: float) -> None:
        """Wait for the end after `terminate`; kill what is left after `seconds`."""
        if self._thread:
            self._thread.join(seconds)
            if self._thread.is_alive():
                self._signal(signal.SIGKILL)
                self._thread.join(5)

    def _signal(self, number: int) -> None:
        with self._lock:
            if self._child and self._child.poll() is None:
                os.killpg(self._child.pid, number)

    def _keep_alive(self) -> None:
        pause = self._pause_seconds
        while started := self._spawn():
            child, output = started
            began = time.monotonic()
            self._pump(output)
            ended = _how(child.wait())
            if self._stopping.is_set():
                return
            self.ends += 1
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = self._pause_seconds
            self._show("stack", f"{self.name} {ended}; it starts again in {pause:g} s")
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _spawn(self) -> tuple[Child, TextIO] | None:
        """Start it; gives it and what it writes."""
        with self._lock:
            if self._stopping.is_set():
                return None
            read, write = os.pipe()
            with os.fdopen(write, "wb") as output:
                self._child = start(self._command, self._environ, output, self._forks)
        self._started.set()
        return self._child, os.fdopen(read, errors="replace")

    def _pump(self, output: TextIO) -> None:
        with self.log_file.open("a", buffering=1) as log, output as lines:
            for line in lines:
                log.write(line)
                self.last_line = line.strip() or self.last_line
                self._show(self.name, line.rstrip("\n"))


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
