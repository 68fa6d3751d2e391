"""Runs worker processes for tests, and ends them in every way there is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_END_SECONDS = 20


class WorkerProcess:
    """One `python -m services.worker`; what it says is in `log`."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as lines:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.worker"],
                env={**os.environ, **environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=lines,
                stderr=lines,
            )
        self.pid = self._process.pid

    @property
    def ended(self) -> bool:
        """True when the process is gone."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """Kill it as a crash would."""
        self._process.kill()
        self._process.wait(_END_SECONDS)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def said(self, words: str) -> bool:
        """Return whether its log has these words."""
        return words in self.log.read_text()


class Workers:
    """The workers of one test."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = environ
        self._folder = folder
        self.all: list[WorkerProcess] = []

    def start(self, **environ: str) -> WorkerProcess:
        """Start one; `environ` are settings of it alone."""
        log = self._folder / f"worker-{len(self.all)}.log"
        worker = WorkerProcess({**self._environ, **environ}, log)
        self.all.append(worker)
        return worker

    def of(self, pid: int) -> WorkerProcess:
        """Return the one with this process id."""
        return next(worker for worker in self.all if worker.pid == pid)


@contextmanager
def workers(environ: Mapping[str, str], folder: Path) -> Iterator[Workers]:
    """Give the means to start workers; all of them end with the block."""
    known = Workers(environ, folder)
    try:
        yield known
    finally:
        for worker in known.all:
            if not worker.ended:
                worker.kill()
