"""SnapAsset in the cluster, as its clients and its operator see it."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx2

from services.gateway.access.issuing import make_token
from tests.cluster.nodes.cluster import NodeCluster

NAMESPACE = "snapasset"
PART = "app.kubernetes.io/name"
_CALL_SECONDS = 60.0
_REMOVE_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """An overlay that is up.

    `issuer` is whom its gateway believes. `ledger` returns what the image API sold, as JSON. Redis
    and the object store are in the namespace `backing`.
    """

    name: str
    cluster: NodeCluster
    issuer: str
    ledger: Callable[[], str]
    backing: str = NAMESPACE
    gateways: tuple[str, ...] = ()

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Return all that are its own."""
        return tuple(dict.fromkeys((NAMESPACE, self.backing)))

    def kubectl(self, *words: str, seconds: float = _CALL_SECONDS) -> str:
        """Run kubectl in SnapAsset's namespace; it must succeed."""
        return self.cluster.told("--namespace", NAMESPACE, *words, seconds=seconds)

    def get(self, *words: str) -> Any:
        """Return what kubectl knows of something."""
        return json.loads(self.kubectl("get", *words, "--output", "json"))

    @property
    def envoy(self) -> str:
        """Return the Service's address and port, which this machine reaches too."""
        return f"{self.get('service', 'envoy')['spec']['clusterIP']}:3001"

    @property
    def environ(self) -> Mapping[str, str]:
        """Return what tokens are made of."""
        data = self.get("secret", "snapasset-gateway")["data"]
        return {
            "JWT_SECRET": base64.b64decode(data["JWT_SECRET"]).decode(),
            "JWT_ISSUER": self.issuer,
        }

    def token(self, user_id: str = "user-123", **more: str) -> str:
        """Return a token of a user; `more` is what else it says."""
        return make_token(self.environ["JWT_SECRET"], issuer=self.issuer, user_id=user_id, **more)

    def client(self, user_id: str = "user-123", **token: str) -> httpx2.AsyncClient:
        """Return a REST client with a user's token."""
        headers = {"Authorization": f"Bearer {self.token(user_id, **token)}"}
        url = f"http://{self.envoy}"
        return httpx2.AsyncClient(base_url=url, headers=headers, timeout=_CALL_SECONDS)

    def channel(self) -> grpc.aio.Channel:
        """Return a gRPC channel to the same port."""
        return grpc.aio.insecure_channel(self.envoy)

    def pods(self) -> Iterator[tuple[str, Any]]:
        """Yield the part and the object of each pod that is not about to end."""
        for pod in self.get("pods")["items"]:
            if "deletionTimestamp" not in pod["metadata"]:
                yield pod["metadata"]["labels"][PART], pod

    def scale(self, part: str, count: int) -> None:
        """Ask for so many pods of a part."""
        self.kubectl("scale", f"deployment/{part}", f"--replicas={count}")

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Pause the queue for the length of the block."""
        async with self.client(role="admin") as administrator:
            (await administrator.post("/api/queue/pause")).raise_for_status()
            try:
                yield
            finally:
                (await administrator.post("/api/queue/resume")).raise_for_status()

    def settled(self, *, seconds: int = 600) -> None:
        """Return once every Deployment has rolled out."""
        words = ("rollout", "status", "deployment", f"--timeout={seconds}s")
        self.kubectl(*words, seconds=seconds + _CALL_SECONDS)

    def remove(self) -> None:
        """Delete the namespaces, and the volumes that were bound in them."""
        for kind, names in (("namespace", self.namespaces), ("persistentvolume", ("--all",))):
            self.cluster.told("delete", kind, *names, seconds=_REMOVE_SECONDS)
