"""The processes of a real stack, each of which may be killed, frozen and started again."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.plan import make_plan
from deploy.local.process import TETHER
from deploy.local.settings import ROOT

WORKERS = ("worker-1", "worker-2", "worker-3")
GATEWAYS = ("gateway-1", "gateway-2")
_END_SECONDS = 20


@dataclass(slots=True)
class Part:
    """One process; all that it says goes to `log`."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        """The process id of its present or last life."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start it unless it runs."""
        if self.process is None or self.process.poll() is not None:
            with self.log.open("a") as lines:
                self.process = subprocess.Popen(
                    [*TETHER, *self.command],
                    cwd=ROOT,
                    env=self.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=lines,
                    stderr=subprocess.STDOUT,
                )

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
    """All processes by name, and what they were told."""

    environ: Mapping[str, str]
    gateways: tuple[str, ...]
    by_name: dict[str, Part] = field(default_factory=dict)

    @property
    def storage(self) -> Path:
        """Where storage keeps everything."""
        return Path(self.environ["STORAGE_DIRECTORY"])

    @property
    def ledger_url(self) -> str:
        """Where the stand-in shows what was bought."""
        return f"http://127.0.0.1:{self.environ['STANDIN_PORT']}/standin/ledger"


@contextmanager
def running_parts(folder: Path, settings: Mapping[str, str]) -> Iterator[Parts]:
    """Start everything but Envoy, with several gateways and workers; all ends with the block."""
    plan = make_plan(folder, {"PATH": os.environ["PATH"], **settings}, 0)
    # What the plan does not need is free for the second gateway.
    ports = (plan.environ["GATEWAY_PORT"], plan.environ["ENVOY_PORT"])
    parts = Parts(environ=plan.environ, gateways=tuple(f"127.0.0.1:{port}" for port in ports))
    commands = {name: cmd for name, cmd in plan.commands.items() if name != "envoy"}
    gateway, worker = commands.pop("gateway"), commands.pop("worker")
    commands |= dict.fromkeys(GATEWAYS, gateway) | dict.fromkeys(WORKERS, worker)
    own = {name: {"GATEWAY_PORT": port} for name, port in zip(GATEWAYS, ports, strict=True)}
    for name, command in commands.items():
        environ = {**plan.environ, **own.get(name, {})}
        log = folder / "log" / f"{name}.log"
        parts.by_name[name] = Part(name, command, environ, log)
    try:
        for part in parts.by_name.values():
            part.start()
        yield parts
    finally:
        for part in parts.by_name.values():
            part.end()
