"""Reports the health of each part, probing at most once a second however many people ask."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import grpc
from redis.asyncio import Redis

from services.jobs.figures import Figures
from services.jobs.redis_server import check_writes
from services.leaves.health import is_serving

_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 2.0
_DETAILS = {True: "", False: "is stopping", None: "does not answer"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One part: whether it is `up`, and a fact about it or the reason why it is not."""

    up: bool
    detail: str = ""


Probe = Callable[[], Awaitable[Component]]


class Health:
    """Runs the probes, all at once, each within two seconds."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = probes
        self._until = 0.0
        self._known: dict[str, Component] = {}
        self._asking = asyncio.Lock()

    async def components(self) -> Mapping[str, Component]:
        """Return every part's health by its name."""
        async with self._asking:
            if time.monotonic() > self._until:
                found = await asyncio.gather(*map(_ask, self._probes.values()))
                self._known = dict(zip(self._probes, found, strict=True))
                self._until = time.monotonic() + _FRESH_SECONDS
            return self._known


async def _ask(probe: Probe) -> Component:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await probe()
    except Exception as error:  # noqa: BLE001 - whatever keeps a part from answering, it is down
        return Component(up=False, detail=type(error).__name__)


def service_probe(channel: grpc.aio.Channel) -> Probe:
    """Return a probe that asks a service of ours by the gRPC health protocol."""

    async def ask() -> Component:
        serving = await is_serving(channel, _PATIENCE_SECONDS)
        return Component(up=serving is True, detail=_DETAILS[serving])

    return ask


def redis_probe(redis: Redis) -> Probe:
    """Return a probe that writes to Redis: one that only answers can take no job."""

    async def ask() -> Component:
        writes = await check_writes(redis)
        return Component(up=writes, detail="" if writes else "takes no writes")

    return ask


def worker_probe(figures: Figures, silent_after_seconds: float) -> Probe:
    """Return a probe that counts the workers heard from recently."""

    async def ask() -> Component:
        alive = await figures.workers(silent_after_seconds)
        text = f"{alive} worker{'s' if alive > 1 else ''}" if alive else "no worker is alive"
        return Component(up=alive > 0, detail=text)

    return ask
