"""The processes of a real stack, each of which may be killed, frozen and started again."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from snapasset.gateway.v1.site_pb2 import GetHealthRequest
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub

from deploy.local.forks import Child, ForkServer, start
from deploy.local.plan import open_plan
from deploy.local.ports import choose_ports
from deploy.local.stack import health_of
from tests.eventually import eventually
from tests.servers.redis_sentinels import plan_sentinels
from tests.servers.s3 import KINDS, S3Server

WORKERS = ("worker-1", "worker-2", "worker-3")
GATEWAYS = ("gateway", "gateway-2")
S3 = "s3"
_BUCKET = "snapasset"
_END_SECONDS = 20


@dataclass(slots=True)
class Part:
    """One process; all that it says goes to `log`."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    forks: ForkServer | None = None
    process: Child | None = None

    @property
    def pid(self) -> int:
        """The process id of its present or last life."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start it unless it runs."""
        if self.process is None or self.process.poll() is not None:
            with self.log.open("ab") as lines:
                self.process = start(self.command, self.environ, lines, self.forks)

    def send(self, number: int) -> None:
        """Send a signal, if there is anybody to send it to."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, number: int = signal.SIGKILL) -> None:
        """End it and wait for that; what does not end in time is killed."""
        if self.process is None:
            return
        self.send(number)
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(_END_SECONDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """All processes by name, and what they were told. `storage` is the folder of all objects."""

    environ: Mapping[str, str]
    gateways: tuple[str, ...]
    storage: Path
    by_name: dict[str, Part] = field(default_factory=dict)

    @property
    def envoy(self) -> str:
        """Where the public port is."""
        return f"127.0.0.1:{self.environ['ENVOY_PORT']}"

    @property
    def ledger_url(self) -> str:
        """Where the stand-in shows what was bought."""
        return f"http://127.0.0.1:{self.environ['STANDIN_PORT']}/standin/ledger"


@contextmanager
def running_parts(
    folder: Path,
    settings: Mapping[str, str],
    *,
    s3: bool,
    sentinel: bool = False,
    forks: ForkServer | None = None,
) -> Iterator[Parts]:
    """Start a stack with several gateways and workers, `s3` on an S3 server of its own, `sentinel`
    on a Redis with replicas.

    All ends with the block. Raises NoProgram.
    """
    s3_port = choose_ports(0, {}, {"S3_PORT": 0})["S3_PORT"]
    server = S3Server(endpoint=f"127.0.0.1:{s3_port}", folder=folder / "s3")
    redis = plan_sentinels(folder / "sentinels") if sentinel else None
    told = {
        "PATH": os.environ["PATH"],
        **({"REDIS_URL": redis.url, "REDIS_REPLICAS": "1"} if redis else {}),
        "GATEWAYS": str(len(GATEWAYS)),
        **(_s3_settings(server) if s3 else {}),
        **settings,
    }
    with open_plan(folder, told, 0) as plan:
        planned = {name: (part.command, part.environ) for name, part in plan.parts.items()}
        planned |= dict.fromkeys(WORKERS, planned.pop("worker"))
        parts = Parts(
            environ=plan.environ,
            gateways=tuple(f"127.0.0.1:{planned[name][1]['GATEWAY_PORT']}" for name in GATEWAYS),
            storage=server.folder / _BUCKET if s3 else folder / "storage",
        )
        if s3:
            kind = KINDS["minio"]
            told = {**os.environ, **kind.environ(server)}
            planned = {S3: (kind.command(server), told), **planned}
        if redis:
            servers = {name: ([*words], os.environ) for name, words in redis.commands.items()}
            planned = {**servers, **planned}
        for name, (command, environ) in planned.items():
            own = {**environ, "METRICS_PORT": "0"}  # one port would not do for all workers
            log = folder / "log" / f"{name}.log"
            parts.by_name[name] = Part(name, command, own, log, forks)
        try:
            for part in parts.by_name.values():
                part.start()
            yield parts
        finally:
            for part in parts.by_name.values():
                part.end()


def _s3_settings(server: S3Server) -> dict[str, str]:
    return {
        "S3_ENDPOINT": server.endpoint,
        "S3_BUCKET": _BUCKET,
        "S3_ACCESS_KEY": server.access_key,
        "S3_SECRET_KEY": server.secret_key,
        "S3_SECURE": "false",
        "S3_TIMEOUT_SECONDS": "3",
    }


async def until_all_well(parts: Parts, seconds: float) -> None:
    """Wait until all gateways serve, see all the others serve, and are seen by Envoy."""
    # Each question costs the parts time in which they could start.
    await eventually(lambda: _all_well(parts), seconds, pause_seconds=0.25)


async def _all_well(parts: Parts) -> bool:
    for address in parts.gateways:
        async with grpc.aio.insecure_channel(address) as channel:
            stub: Any = SiteServiceStub(channel)
            try:
                health = await stub.GetHealth(GetHealthRequest(), timeout=5)
            except grpc.aio.AioRpcError:
                return False
            if health.status != "ok":
                return False
    return await asyncio.to_thread(health_of, int(parts.environ["ENVOY_PORT"])) == "ok"
