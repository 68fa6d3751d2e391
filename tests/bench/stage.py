"""Where everything runs: our stack, and the Node programs it is compared with, on one Redis."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.connection import parse_url

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from services.gateway.access.issuing import AUDIENCE

CONTENDERS = Path(__file__).parent / "contenders"

GATEWAYS = min(2, os.cpu_count() or 1)
"""One for each core, as production would have it; no more, for others want a core too."""

_AMPLE = {
    # Everything counts as in production; the bounds are out of the way.
    "RATE_LIMIT_REQUESTS": "1000000/15 minutes",
    "RATE_LIMIT_JOBS": "1000000/hour",
    "RATE_LIMIT_RENDITIONS": "1000000/hour",
    "JOBS_IN_FLIGHT_PER_OWNER": "1000000",
    "QUEUE_MAX_WAITING": "1000000",
    "LOG_FORMAT": "json",
    "GATEWAYS": str(GATEWAYS),
}
_STOP_SECONDS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a part is to measure: where it may write, how often, and whom it tells."""

    folder: Path
    quick: bool
    tell: Callable[[str], None]

    @property
    def rounds(self) -> int:
        """How often each contender has its turn."""
        return 1 if self.quick else 3

    @property
    def seconds(self) -> float:
        """How long one turn lasts."""
        return 1.0 if self.quick else 4.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A running Node program."""

    pid: int
    port: int


@contextmanager
def our_stack(
    plan: Plan, name: str, forks: ForkServer | None = None, /, **more: str
) -> Iterator[Stack]:
    """Run an empty stack for the length of the block; `more` are settings.

    Its processes share nothing unless there is `forks`: as in production.
    """
    folder = plan.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    with running_stack(folder, environ={**os.environ, **_AMPLE, **more}, forks=forks) as stack:
        yield stack


def node() -> str | None:
    """Return the Node to run peers with, None where there is none with its packages."""
    return shutil.which("node") if (CONTENDERS / "node_modules").exists() else None


@contextmanager
def peer(script: str, environ: Mapping[str, str]) -> Iterator[Peer]:
    """Run a Node program that prints its port when it listens."""
    command = [node() or "node", str(CONTENDERS / script)]
    told = {**os.environ, **environ, "NODE_ENV": "production"}
    with subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Peer(pid=process.pid, port=int(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def peer_environ(stack: Stack) -> dict[str, str]:
    """Return what peers are told: our Redis server, in another database, and our tokens."""
    return {
        "PEER_REDIS": redis_options(peer_redis(stack.environ["REDIS_URL"])),
        "PEER_JWT_SECRET": stack.environ["JWT_SECRET"],
        "PEER_JWT_ISSUER": stack.environ["JWT_ISSUER"],
        "PEER_JWT_AUDIENCE": AUDIENCE,
    }


def peer_redis(url: str) -> str:
    """Return the address of the peers' database on our Redis server."""
    return f"{url.partition('?')[0]}?db=1"


def redis_options(url: str) -> str:
    """Return an address of Redis as the options of ioredis, which knows no address of a socket."""
    options: dict[str, object] = parse_url(url)  # type: ignore[no-untyped-call]
    options.pop("connection_class", None)
    return json.dumps(options)


def pids(stack: Stack, *names: str) -> list[int]:
    """Return the process ids of some parts of the stack, `gateway-2` being one of `gateway`."""
    parts = {name: name.removesuffix(f"-{name[-1]}") for name in stack.processes}
    return [one.pid for name, one in stack.processes.items() if parts[name] in names]
