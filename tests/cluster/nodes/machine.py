"""A node as the kernel has it: processes that share a network, mounts and a cgroup, and that end
together, as those of a machine do when its power fails."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_FOLDERS = ("/run", "/var/lib", "/var/log")
"""Where programs of a node write, whatever they are told; they are gone when it is switched off."""

_OWN_MOUNTS = " && ".join(
    ("mount --make-rshared /", *(f"mount -t tmpfs own {folder}" for folder in _OWN_FOLDERS))
)
_JOIN = 'echo $$ >"$0" && exec "$@"'
_AGAIN = 'while :; do "$0" "$@"; sleep 1; done'
_RUN_SECONDS, _END_SECONDS = 900, 30


class Machine:
    """Runs processes in the network namespace `name` and in a cgroup of the same name."""

    def __init__(self, name: str, logs: Path) -> None:
        self.name = name
        self._logs = logs
        self._groups = [
            group / name for group in sorted(_CGROUPS.iterdir()) if group.is_dir() and _real(group)
        ]
        self._started: list[subprocess.Popen[bytes]] = []
        self._holder = 0

    def power_on(self) -> None:
        """Make the cgroups and the mount namespace, with a /run of its own."""
        for group in self._groups:
            group.mkdir(exist_ok=True)
        words = f"{_OWN_MOUNTS} && exec sleep infinity"
        enter = ("nsenter", f"--net=/run/netns/{self.name}", "unshare", "--mount")
        holder = self._start("mounts", (*enter, "sh", "-c", words))
        self._holder = holder.pid
        deadline = time.monotonic() + _END_SECONDS
        while _comm(holder.pid) != "sleep":
            assert time.monotonic() < deadline, f"{self.name} has no mounts of its own"
            time.sleep(0.05)

    def start(self, name: str, command: tuple[str | Path, ...]) -> "subprocess.Popen[bytes]":
        """Start a process on the machine; its output goes to a log of that name."""
        return self._start(name, (*self._inside(), *command))

    def keep(self, name: str, command: tuple[str | Path, ...]) -> None:
        """Start a process that is started again whenever it ends."""
        self.start(name, ("sh", "-c", _AGAIN, *command))

    def run(
        self, *command: str | Path, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine to its end."""
        return subprocess.run(
            (*self._inside(), *command),
            env=environ,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )

    def power_off(self) -> None:
        """Kill every process of the machine at once; its files stay."""
        deadline = time.monotonic() + _END_SECONDS
        while pids := self.pids():
            for pid in pids:
                _kill(pid)
            for process in self._started:
                process.poll()
            assert time.monotonic() < deadline, f"{self.name} still runs {sorted(pids)}"
            time.sleep(0.05)
        for process in self._started:
            process.wait(_END_SECONDS)
        self._started.clear()
        for group in self._groups:
            _remove(group)

    def pids(self) -> set[int]:
        """Return the processes of the machine, those in containers too."""
        return {
            int(pid)
            for tasks in (_CGROUPS / "pids" / self.name).rglob("cgroup.procs")
            for pid in tasks.read_text().split()
        }

    def pids_in(self, group: str) -> set[int]:
        """Return the processes in the cgroup of that name and in those below it."""
        return {
            int(pid)
            for folder in (_CGROUPS / "pids" / self.name).rglob(group)
            for tasks in folder.rglob("cgroup.procs")
            for pid in tasks.read_text().split()
        }

    def _inside(self) -> tuple[str, ...]:
        return ("nsenter", f"--target={self._holder}", "--net", "--mount", "--")

    def _start(self, name: str, command: tuple[str | Path, ...]) -> "subprocess.Popen[bytes]":
        tasks = _CGROUPS / "pids" / self.name / "cgroup.procs"
        with (self._logs / f"{self.name}-{name}.log").open("ab") as log:
            process = subprocess.Popen(
                ("sh", "-c", _JOIN, tasks, *command), stdout=log, stderr=log, cwd="/"
            )
        self._started.append(process)
        return process


def _real(group: Path) -> bool:
    return not group.is_symlink() and (group / "cgroup.procs").exists()


def _comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except FileNotFoundError:
        return ""


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _remove(group: Path) -> None:
    for inner in sorted(group.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        if inner.is_dir():
            inner.rmdir()
    group.rmdir()
