"""Becomes what it is asked for: `python -m deploy.local.fork_server SOCKET MODULE ...`.

Our processes spend their first second on importing, largely the same packages. This one imports the
MODULEs once; each request over the socket forks a copy, which runs one of them as `python -m` does.
`forks.py` is the other side. Linux only.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from deploy.tether import die_with

REQUEST_BYTES = 128 * 1024
"""No request is longer: Linux sends this much as one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Which module to run. It writes to `output`; `ended` is told its exit code. Both are files."""

    module: str
    environ: Mapping[str, str]
    output: int
    ended: int


def main() -> None:
    """Import, and fork until the other side is gone."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # or a copy that collects garbage would write to all of these pages
    if request := _serve(requests):
        _run(request)


def _serve(requests: socket.socket) -> Request | None:
    """Answer each request with a process id. Returns None at the end, in a copy its request."""
    deaths, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler it would not wake us
    server = os.getpid()
    alive: dict[int, int] = {}
    while True:
        ready = wait([requests, deaths])
        if deaths in ready:
            deaths.recv(4096)
            _bury(alive)
        if requests not in ready:
            continue
        request = _receive(requests)
        if request is None:
            return None
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            die_with(server)
            for file in (requests.detach(), deaths.detach(), wake.detach(), request.ended):
                os.close(file)
            for file in alive.values():
                os.close(file)
            return request
        os.setpgid(pid, pid)  # whoever comes first: a signal to its group must find it
        os.close(request.output)
        alive[pid] = request.ended
        requests.send(str(pid).encode())


def _receive(requests: socket.socket) -> Request | None:
    data, files, _, _ = socket.recv_fds(requests, REQUEST_BYTES, 2)
    return Request(**json.loads(data), output=files[0], ended=files[1]) if data else None


def _bury(alive: dict[int, int]) -> None:
    """Tell the exit codes of those that have ended."""
    for pid in list(alive):
        dead, status = os.waitpid(pid, os.WNOHANG)
        if dead:
            ended = alive.pop(pid)
            with suppress(BrokenPipeError):  # nobody wants to know
                os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(ended)


def _run(request: Request) -> None:
    for standard in (1, 2):
        os.dup2(request.output, standard)
    os.close(request.output)
    os.environ.clear()
    os.environ.update(request.environ)
    sys.argv = [request.module]
    name = request.module.removesuffix(".__main__").rpartition(".")[2]
    Path("/proc/self/comm").write_text(name)  # what `top` and `ps -e` call it
    sys.modules.pop(request.module, None)  # it was imported by its name, and runs as __main__
    runpy.run_module(request.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
