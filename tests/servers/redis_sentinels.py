"""Redis servers and Sentinels for tests: a primary, replicas, and three that watch over them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from deploy.local.redis_server import find_redis
from tests.servers.redis import free_port

SERVICE = "snapasset"
PASSWORD = "not-a-secret-of-anybody"
SERVERS = ("redis-1", "redis-2", "redis-3")
SENTINELS = ("sentinel-1", "sentinel-2", "sentinel-3")
_DOWN_AFTER_MS, _FAILOVER_MS = 1000, 5000
_START_SECONDS, _STOP_SECONDS = 30, 10

_SERVER = """
port {port}
bind 127.0.0.1
dir {folder}
requirepass {password}
masterauth {password}
appendonly yes
save ""
min-replicas-to-write 1
min-replicas-max-lag 2
repl-ping-replica-period 1
repl-diskless-sync-delay 0
"""
_SENTINEL = """
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor {service} 127.0.0.1 {primary} 2
sentinel auth-pass {service} {password}
sentinel down-after-milliseconds {service} {down}
sentinel failover-timeout {service} {failover}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentinelPlan:
    """The commands of all, by name, in the order in which they are started."""

    commands: Mapping[str, Sequence[str]]
    ports: Mapping[str, int]

    @property
    def url(self) -> str:
        """What REDIS_URL says of them."""
        hosts = ",".join(f"127.0.0.1:{self.ports[name]}" for name in SENTINELS)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}/0"


def plan_sentinels(folder: Path) -> SentinelPlan:
    """Write everybody's configuration, which they change by themselves when roles change."""
    server, ports, commands = find_redis(os.environ), {}, {}
    for name in (*SERVERS, *SENTINELS):
        ports[name] = free_port()
        own = folder / name
        own.mkdir(parents=True)
        told: dict[str, Any] = {"port": ports[name], "folder": own, "password": PASSWORD}
        told |= {"primary": ports[SERVERS[0]], "service": SERVICE}
        told |= {"down": _DOWN_AFTER_MS, "failover": _FAILOVER_MS}
        text = (_SERVER if name in SERVERS else _SENTINEL).format(**told)
        if name in SERVERS[1:]:
            text += f"replicaof 127.0.0.1 {ports[SERVERS[0]]}\n"
        (own / "redis.conf").write_text(text)
        sentinel = ["--sentinel"] if name in SENTINELS else []
        commands[name] = [server, str(own / "redis.conf"), *sentinel]
    return SentinelPlan(commands=commands, ports=ports)


class RunningSentinels:
    """All of them at work. What is said of one server is said of the primary of the moment."""

    def __init__(self, plan: SentinelPlan, folder: Path) -> None:
        self._plan = plan
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.url = plan.url

    def start(self) -> None:
        """Start those that do not run, and wait until all know each other."""
        for name in SERVERS:
            self._start(name)
        _wait_for(self._replicas_follow, "the replicas do not follow")
        for name in SENTINELS:
            self._start(name)
        _wait_for(lambda: all(map(self._knows_all, SENTINELS)), "the Sentinels do not meet")

    def kill(self) -> None:
        """Kill the primary as a crash would."""
        process = self._processes[self.primary]
        process.kill()
        process.wait(_STOP_SECONDS)

    def freeze(self) -> None:
        """Let the primary hold its connections and answer nothing."""
        self._processes[self.primary].send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End the freeze."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill everybody."""
        for process in self._processes.values():
            process.kill()
            process.wait(_STOP_SECONDS)

    @property
    def primary(self) -> str:
        """The name of the server that the Sentinels hold for the primary."""
        _, port = self._ask(SENTINELS[0], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
        return next(name for name in SERVERS if self._plan.ports[name] == int(port))

    def _start(self, name: str) -> None:
        running = self._processes.get(name)
        if running and running.poll() is None:
            return
        with (self._folder / f"{name}.log").open("a") as log:
            self._processes[name] = subprocess.Popen(
                self._plan.commands[name], stdout=log, stderr=log
            )

    def _replicas_follow(self) -> bool:
        roles = [self._ask(name, "ROLE") for name in SERVERS]
        following = [role for role in roles if role[0] == b"slave" and role[3] == b"connected"]
        return len(following) == len(SERVERS) - 1

    def _knows_all(self, name: str) -> bool:
        facts = self._ask(name, "SENTINEL", "MASTER", SERVICE)
        known = (
            facts if isinstance(facts, dict) else dict(zip(facts[::2], facts[1::2], strict=True))
        )
        told = {_text(key): _text(value) for key, value in known.items()}
        return (told["num-slaves"], told["num-other-sentinels"]) == ("2", "2")

    def _ask(self, name: str, *words: str) -> Any:
        password = PASSWORD if name in SERVERS else None
        with Redis(port=self._plan.ports[name], password=password, socket_timeout=2) as redis:
            return redis.execute_command(*words)


@contextmanager
def running_sentinels(folder: Path) -> Iterator[RunningSentinels]:
    """Run a primary, two replicas and three Sentinels for the length of the block."""
    running = RunningSentinels(plan_sentinels(folder), folder)
    try:
        running.start()
        yield running
    finally:
        running.end()


def _wait_for(there: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if there():
                return
        except RedisError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(complaint)
        time.sleep(0.05)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
