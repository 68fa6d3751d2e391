"""Runs all of SnapAsset on one machine for the duration of a `with` block."""

import fcntl
import http
import http.client
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.forks import ForkServer
from deploy.local.plan import open_plan
from deploy.local.private import private_file, private_folder
from deploy.local.process import Process, Show
from services.common.serve import CannotStart
from services.gateway.access.issuing import AUDIENCE, make_token

READY_SECONDS = 90
STOP_SECONDS = 15
ENDS_BEFORE_WE_GIVE_UP = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A running stack: `environ` is what its processes were told, `processes` maps their names."""

    environ: Mapping[str, str]
    processes: Mapping[str, Process]

    @property
    def port(self) -> int:
        """The public port: REST, server-sent events, gRPC and gRPC-Web."""
        return int(self.environ["ENVOY_PORT"])

    @property
    def base_url(self) -> str:
        """The base of all REST paths."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_address(self) -> str:
        """host:port of the gateway itself, for gRPC."""
        return f"127.0.0.1:{self.environ['GATEWAY_PORT']}"

    def token(self, user_id: str = "user-123", role: str = AUDIENCE) -> str:
        """Return a token that this stack accepts."""
        secret, issuer = self.environ["JWT_SECRET"], self.environ["JWT_ISSUER"]
        return make_token(secret, issuer=issuer, user_id=user_id, role=role)


def quiet(name: str, line: str) -> None:
    """Show nothing: everything is in the log files."""


@contextmanager
def running_stack(
    folder: Path,
    *,
    port: int = 0,
    environ: Mapping[str, str] = os.environ,
    show: Show = quiet,
    forks: ForkServer | None = None,
) -> Iterator[Stack]:
    """Run a stack that keeps everything in `folder`; the block begins once it is healthy.

    If `port` is 0, all processes get free ports. With `forks` they share memory.
    Raises CannotStart and SettingsError.
    """
    folder = private_folder(folder.resolve())
    with _alone_in(folder), open_plan(folder, environ, port) as plan:
        processes = {}
        for name, part in plan.parts.items():
            log_file = private_file(folder / "log" / f"{name}.log")
            processes[name] = Process(
                name, part.command, part.environ, log_file=log_file, show=show, forks=forks
            )
        stack = Stack(environ=plan.environ, processes=processes)
        try:
            for process in processes.values():
                process.start()
            _wait_until_healthy(stack)
            yield stack
        finally:
            stop(stack)


def stop(stack: Stack) -> None:
    """End all processes; those that others depend on end last."""
    in_front = ("envoy", "gateway", "worker")
    first = [process for name, process in stack.processes.items() if name.startswith(in_front)]
    others = [process for process in stack.processes.values() if process not in first]
    for wave in (first, others):
        for process in wave:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in wave:
            process.join(max(0, deadline - time.monotonic()))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    file = folder / "lock"
    file.touch(mode=0o600)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"a stack is running in {folder.name}/ already; stop it first"
            ) from None
        yield


def _wait_until_healthy(stack: Stack) -> None:
    deadline = time.monotonic() + READY_SECONDS
    health: str | None = None
    while time.monotonic() < deadline:
        for process in stack.processes.values():
            if process.ends >= ENDS_BEFORE_WE_GIVE_UP:
                raise CannotStart(
                    f"{process.name} does not stay up: {process.last_line} (see {process.log_file})"
                )
        health = health_of(stack.port)
        if health == "ok":
            return
        time.sleep(0.25)
    raise CannotStart(f"it is not healthy after {READY_SECONDS} s: {health or 'no answer'}")


def accepts(port: int, token: str) -> bool:
    """Return whether the SnapAsset on `port` of this machine takes our tokens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/usage", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status != http.HTTPStatus.UNAUTHORIZED
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def health_of(port: int) -> str | None:
    """Return "ok", what is wrong, or None if no SnapAsset answers on `port` of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        body = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    if body.get("status") == "ok":
        return "ok"
    parts = body.get("components", {})
    down = [f"{name} ({part['detail']})" for name, part in parts.items() if part["status"] != "up"]
    return f"{', '.join(down)} down" if down else str(body.get("message"))
