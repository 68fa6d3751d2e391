"""Runs worker processes for tests, and ends them in every way there is."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.forks import ForkServer, start

_END_SECONDS = 20


class WorkerProcess:
    """One `python -m services.worker`; what it says is in `log`."""

    def __init__(
        self, environ: Mapping[str, str], log: Path, forks: ForkServer | None = None
    ) -> None:
        self.log = log
        told = {**os.environ, **environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with log.open("wb") as lines:
            self._process = start([sys.executable, "-m", "services.worker"], told, lines, forks)
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

    def __init__(self, environ: Mapping[str, str], folder: Path, forks: ForkServer | None) -> None:
        self._environ = environ
        self._folder = folder
        self._forks = forks
        self.all: list[WorkerProcess] = []

    def start(self, **environ: str) -> WorkerProcess:
        """Start one; `environ` are settings of it alone."""
        log = self._folder / f"worker-{len(self.all)}.log"
        worker = WorkerProcess({**self._environ, **environ}, log, self._forks)
        self.all.append(worker)
        return worker

    def of(self, pid: int) -> WorkerProcess:
        """Return the one with this process id."""
        return next(worker for worker in self.all if worker.pid == pid)


@contextmanager
def workers(
    environ: Mapping[str, str], folder: Path, forks: ForkServer | None = None
) -> Iterator[Workers]:
    """Give the means to start workers; all of them end with the block."""
    known = Workers(environ, folder, forks)
    try:
        yield known
    finally:
        for worker in known.all:
            if not worker.ended:
                worker.kill()
