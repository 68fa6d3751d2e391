"""Becomes what it is asked for: `python -m deploy.local.fork_server SOCKET MODULE ...`.

Our processes spend their first second on importing, largely the same packages. This one imports the
MODULEs once; each request over the socket forks a copy, which runs one of them as `python -m` does.
`forks.py` is the other side. Linux only.
"""

import importlib
import json
import logging
import multiprocessing
import os
import runpy
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from deploy.tether import die_with
from services.common.serve import spare_what_stays

REQUEST_BYTES = 128 * 1024
"""No request is longer: Linux sends this much as one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to run: a module with arguments, in a folder.

    Its standard files are `given`, `output` and `errors`; the file `ended` is told its exit code.
    """

    module: str
    words: Sequence[str]
    folder: str
    environ: Mapping[str, str]
    given: int
    output: int
    errors: int
    ended: int

    @property
    def standard(self) -> tuple[int, int, int]:
        """Its standard files, in the order of their usual numbers."""
        return self.given, self.output, self.errors


def main() -> None:
    """Import, then fork until the other side is gone."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        importlib.import_module(module)
    spare_what_stays()  # or a copy that collects garbage would write to all of these pages
    alive: dict[int, tuple[ForkProcess, int]] = {}
    while True:
        for ready in wait([requests, *alive]):
            if isinstance(ready, int):
                _tell_end(ready, *alive.pop(ready))
            elif request := _receive(requests):
                others = [ended for _, ended in alive.values()]
                copy, pid = _start(request, [requests.fileno(), request.ended, *alive, *others])
                for file in request.standard:
                    os.close(file)
                alive[os.pidfd_open(pid)] = (copy, request.ended)
                requests.send(str(pid).encode())
            else:
                os._exit(0)  # its copies are killed with it; a clean end would wait for them


def _receive(requests: socket.socket) -> Request | None:
    data, files, _, _ = socket.recv_fds(requests, REQUEST_BYTES, 4)
    if not data:
        return None
    given, output, errors, ended = files
    return Request(**json.loads(data), given=given, output=output, errors=errors, ended=ended)


def _start(request: Request, files: Iterable[int]) -> tuple[ForkProcess, int]:
    fork = multiprocessing.get_context("fork")
    copy = fork.Process(target=_run, args=(request, os.getpid(), files))
    copy.start()
    pid = copy.pid or 0  # it has one by now
    with suppress(ProcessLookupError, PermissionError):
        os.setpgid(pid, pid)  # the copy may not have come so far
    return copy, pid


def _tell_end(end: int, copy: ForkProcess, ended: int) -> None:
    copy.join()
    with suppress(BrokenPipeError):  # nobody wants to know
        os.write(ended, str(copy.exitcode).encode())
    os.close(ended)
    os.close(end)


def _run(request: Request, server: int, files: Iterable[int]) -> None:
    """Be that module. `files` are those of the server."""
    os.setpgid(0, 0)
    die_with(server)
    for file in files:
        os.close(file)
    for number, file in enumerate(request.standard):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, closefd=False)  # multiprocessing gives a copy an empty one
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environ)
    sys.argv = [request.module, *request.words]
    name = request.module.removesuffix(".__main__").rpartition(".")[2]
    Path("/proc/self/comm").write_text(name)  # what `top` and `ps -e` call it
    sys.modules.pop(request.module, None)  # it was imported by its name, and runs as __main__
    try:
        runpy.run_module(request.module, run_name="__main__", alter_sys=True)
    finally:
        logging.shutdown()  # a copy ends without what an interpreter does at its end


if __name__ == "__main__":
    main()
