"""Starts our Python processes as forks of one that has imported what they need."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from deploy.local.environment import without_settings
from deploy.local.fork_server import REQUEST_BYTES
from deploy.local.private import UMASK
from deploy.local.settings import PYTHON_PATH, ROOT
from deploy.tether import tethered

MODULES = (
    "deploy.local.redis_server",
    "services.storage.__main__",
    "services.generator.__main__",
    "services.resizer.__main__",
    "services.gateway.__main__",
    "services.worker.__main__",
    "deploy.envoy.__main__",
    "deploy.local.standin.__main__",
    "clients.python.snapasset_client.__main__",
)
"""What can be forked."""

_LATE = (
    "services.generator.providers.openai.opening",
    "encodings.idna",
    "httpcore2",
    "cryptography.hazmat.backends.openssl.backend",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.PpmImagePlugin",
)
"""What they import only once they run."""

_ANSWER_SECONDS = 120.0
"""How long it may take to fork, imports included: a few seconds, more on a busy machine."""

_KILLED = -signal.SIGKILL
"""How a process ended whose fork server is gone."""


class CannotFork(Exception):
    """This program has to be started as any other."""


class Fork:
    """One process, as `subprocess.Popen` shows one: its exit code is negative for a signal.

    `ended` is a pipe that tells it.
    """

    def __init__(self, pid: int, ended: int) -> None:
        self.pid = pid
        self._ended = ended
        self._code: int | None = None
        self._one_at_a_time = threading.Lock()
        weakref.finalize(self, os.close, ended)

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises subprocess.TimeoutExpired."""
        if self._code is not None:
            return self._code
        ending = select.poll()
        ending.register(self._ended)
        if not ending.poll(None if timeout is None else 1000 * timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        with self._one_at_a_time:  # several threads may ask
            if self._code is None:
                told = os.read(self._ended, 16)
                self._code = int(told) if told else _KILLED
        return self._code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """A process that has imported MODULES, and copies itself on request. For several threads.

    On anything but Linux there is none: `requests` leads nowhere, and nothing can be forked.
    """

    def __init__(self, requests: socket.socket | None, pid: int = 0) -> None:
        self.pid = pid
        self._requests = requests
        self._one_at_a_time = threading.Lock()

    def fork(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        output: IO[Any],
        *,
        errors: IO[Any] | None = None,
        given: IO[Any] | None = None,
        folder: Path = ROOT,
    ) -> Fork:
        """Run `python -m MODULE WORDS` in a folder, and in a process group of its own.

        It reads `given`, if that is given, and writes to `output`, and to `errors` if those are to
        be apart. It dies with the server. Raises CannotFork.
        """
        module, words = _program(command)
        what = {"module": module, "words": words, "folder": str(folder), "environ": dict(environ)}
        request = json.dumps(what).encode()
        if len(request) > REQUEST_BYTES:
            raise CannotFork("its environment is too long")
        ended, tell_ended = os.pipe()
        try:
            with Path(os.devnull).open("rb") as nothing, self._one_at_a_time:
                files = [one.fileno() for one in (given or nothing, output, errors or output)]
                told = self._ask(request, [*files, tell_ended])
        finally:
            os.close(tell_ended)
        if not told:
            os.close(ended)
            raise CannotFork("there is no fork server any more")
        return Fork(int(told), ended)

    def _ask(self, request: bytes, files: Sequence[int]) -> bytes:
        """Return the answer; b"" from a server that is gone, or is given up as it says nothing."""
        told = b""
        if self._requests:
            with contextlib.suppress(OSError):
                socket.send_fds(self._requests, [request], files)
                told = self._requests.recv(16)
        if not told:
            self._requests = None  # what it says later would answer another request
        return told


Child = subprocess.Popen[bytes] | Fork
"""What both kinds can do is all that is done with them."""


def start(
    command: Sequence[str], environ: Mapping[str, str], output: IO[Any], forks: ForkServer | None
) -> Child:
    """Start a command whose output goes to `output`: forked if it can be, else executed.

    Either way it has a process group of its own, and dies with this process. An executed one dies
    with the thread that calls.
    """
    if forks:
        with contextlib.suppress(CannotFork):
            return forks.fork(command, environ, output)
    return subprocess.Popen(  # noqa: S603 - our own programs
        tethered(*command),
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        umask=UMASK,
    )


@contextmanager
def fork_server(*also: str) -> Iterator[ForkServer]:
    """Run a fork server for the length of the block, with which all that it has forked ends.

    It imports the modules of `also`, too.
    """
    if sys.platform != "linux":
        yield ForkServer(None)
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = [sys.executable, "-m", "deploy.local.fork_server", str(theirs.fileno())]
    with (
        ours,
        subprocess.Popen(  # noqa: S603 - our own program
            [*program, *MODULES, *_LATE, *also],
            cwd=ROOT,
            env={
                **without_settings(os.environ),
                "PYTHONPATH": PYTHON_PATH,
                "PYTHONUNBUFFERED": "1",
            },
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            umask=UMASK,
            start_new_session=True,
        ) as server,
    ):
        theirs.close()
        ours.settimeout(_ANSWER_SECONDS)
        try:
            yield ForkServer(ours, server.pid)
        finally:
            server.kill()


def _program(command: Sequence[str]) -> tuple[str, list[str]]:
    """Return the module of `python -m MODULE WORDS`, and the words. Raises CannotFork."""
    match command:
        case ["python" | sys.executable, "-m", name, *words]:
            for module in (name, f"{name}.__main__"):
                if module in MODULES:
                    return module, words
    raise CannotFork("it is none of MODULES")
