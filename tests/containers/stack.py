"""The compose stack under test, started and stopped by `make up` and `make down`."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from deploy.local.settings import ROOT
from tests.containers.bases import python_image
from tests.containers.engine import Engine, run

MAKE_SECONDS = 1800
OURS = ("gateway", "worker", "generator", "resizer", "storage", "envoy", "image-api")
OTHERS = ("redis", "object-store")


class ComposeStack:
    """One project of compose on `engine`, whose secrets lie in `folder`."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.project = f"snapasset-{secrets.token_hex(3)}"
        self.port = _free_port()
        self.folder = folder
        ours = {
            "COMPOSE_PROJECT_NAME": self.project,
            "PYTHON_IMAGE": python_image(),
            "PORT": str(self.port),
            "STACK_DIRECTORY": str(folder),
            "STANDIN_DELAY_SECONDS": "2",  # a job lasts long enough to be disturbed
            "RATE_LIMIT_REQUESTS": "100000/minute",
            "RATE_LIMIT_JOBS": "100000/minute",
        }
        self.environ: Mapping[str, str] = {**engine.environ, **ours}

    def make(self, target: str) -> str:
        """Run one target of the Makefile, as people do."""
        return run(
            ("make", "--no-print-directory", "-C", str(ROOT), target), self.environ, MAKE_SECONDS
        )

    def client(self) -> httpx2.AsyncClient:
        """Return a client with a token of `make token`."""
        headers = {"Authorization": f"Bearer {self.make('token').strip()}"}
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=60
        )

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return what the engine knows of a service's containers."""
        filters: tuple[str, ...] = (
            "--filter",
            f"label=com.docker.compose.project={self.project}",
        )
        filters = (*filters, "--filter", f"label=com.docker.compose.service={service}")
        ids = self.engine.docker("ps", "--all", "--quiet", *filters).split()
        return list(json.loads(self.engine.docker("inspect", *ids))) if ids else []

    def container(self, service: str) -> dict[str, Any]:
        """Return what the engine knows of a service's only container."""
        (only,) = self.containers(service)
        return only

    def health(self, service: str) -> str:
        """Return `starting`, `healthy` or `unhealthy`."""
        return str(self.container(service)["State"]["Health"]["Status"])

    def python(self, service: str, program: str) -> str:
        """Run a program with the Python of a running container."""
        return self.engine.docker("exec", self.container(service)["Id"], "python", "-c", program)

    def remove(self) -> None:
        """Remove everything, the data too."""
        self.make("down")
        for volume in self.left("volume"):
            self.engine.docker("volume", "rm", volume)

    def left(self, kind: str) -> list[str]:
        """Return the containers, networks or volumes that there are of this project."""
        words = ("--quiet", "--filter", f"label=com.docker.compose.project={self.project}")
        every = ("--all",) if kind == "container" else ()
        return self.engine.docker(kind, "ls", *every, *words).split()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def kill(container: dict[str, Any]) -> None:
    """Kill the process of a container as a crash would: the engine was not asked to stop it."""
    os.kill(container["State"]["Pid"], 9)
