"""A supervised process is logged, comes back when it dies, and leaves nothing behind."""

import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.process import Process

SAY_AND_WAIT = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"


class Watched:
    """A process and the lines that it shows."""

    def __init__(self, folder: Path, code: str) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.log_file = folder / "one.log"
        self.process = Process(
            "one",
            [sys.executable, "-c", code],
            dict(os.environ),
            log_file=self.log_file,
            show=lambda name, line: self.lines.put(f"{name}: {line}"),
            pause_seconds=0.1,
        )

    def next_line(self) -> str:
        return self.lines.get(timeout=20)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    one = Watched(tmp_path, SAY_AND_WAIT)
    one.process.start()
    yield one
    one.process.terminate()
    one.process.join(10)


def test_killed_process_says_so_and_starts_again(watched: Watched) -> None:
    first = watched.process.pid
    assert watched.next_line() == f"one: pid {first}"
    watched.process.kill()
    assert watched.next_line() == "stack: one was ended by SIGKILL; it starts again in 0.1 s"
    assert watched.next_line() == f"one: pid {watched.process.pid}"
    assert watched.process.pid != first
    assert watched.process.ends == 1
    assert watched.log_file.read_text().count("pid") == 2


def test_terminated_process_stays_away_until_it_is_started(watched: Watched) -> None:
    watched.next_line()
    first = watched.process.pid
    watched.process.terminate()
    watched.process.start()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert watched.next_line() == f"one: pid {watched.process.pid}"


def test_deaf_process_is_killed(tmp_path: Path) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAY_AND_WAIT}"
    one = Watched(tmp_path, deaf)
    one.process.start()
    one.next_line()
    one.process.terminate()
    one.process.join(0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(one.process.pid, 0)


def test_missing_program_is_named(tmp_path: Path) -> None:
    one = Watched(tmp_path, "")
    lines = one.lines
    missing = Process(
        "one",
        ["no-such-program"],
        dict(os.environ),
        log_file=tmp_path / "missing.log",
        show=lambda name, line: lines.put(line),
    )
    missing.start()
    assert one.next_line() == "no-such-program: No such file or directory; run `make setup`"
    missing.terminate()
    missing.join(10)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_process_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = f"""
import os, sys, time
from pathlib import Path
from deploy.local.process import Process
one = Process("one", [sys.executable, "-c", {SAY_AND_WAIT!r}], dict(os.environ),
              log_file=Path({str(tmp_path / "one.log")!r}), show=lambda n, l: print(l, flush=True))
one.start()
time.sleep(60)
"""
    command = [sys.executable, "-c", supervisor]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        orphan = int(running.stdout.readline().split()[1])
        ended = os.pidfd_open(orphan)
        running.send_signal(signal.SIGKILL)
        assert select.select([ended], [], [], 10)[0], "it lives on"
        os.close(ended)
