"""What our ServiceMonitor picks, found out as the Prometheus operator does it.

Debian's Prometheus is built without a way to ask Kubernetes, so it asks here, over HTTP.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.cluster.nodes.cluster import NodeCluster
from tests.cluster.nodes.installed import NAMESPACE
from tests.cluster.nodes.topology import HOST_ADDRESS
from tests.manifests.rendered import overlay

KINDS = "services,endpoints"
"""What targets are found out from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scraped:
    """The targets of a ServiceMonitor in SnapAsset's namespace."""

    monitor: Mapping[str, Any]

    def groups(self, objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the targets with their labels, in the form that Prometheus reads."""
        wanted = self.monitor["selector"]["matchLabels"].items()
        services = {
            one["metadata"]["name"]: one["metadata"]["labels"]
            for one in objects
            if one["kind"] == "Service" and wanted <= one["metadata"].get("labels", {}).items()
        }
        return [
            group
            for one in objects
            if one["kind"] == "Endpoints" and one["metadata"]["name"] in services
            for group in self._groups(one, services[one["metadata"]["name"]])
        ]

    def _groups(
        self, endpoints: Mapping[str, Any], labels: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        (wanted,) = self.monitor["endpoints"]
        told = {_label(name): labels[name] for name in self.monitor["targetLabels"]}
        told |= {"job": labels[self.monitor["jobLabel"]], "namespace": NAMESPACE}
        for subset in endpoints.get("subsets", []):
            ports = {port.get("name"): port["port"] for port in subset["ports"]}
            for state in ("addresses", "notReadyAddresses"):
                for address in subset.get(state, []) if wanted["port"] in ports else []:
                    yield {
                        "targets": [f"{address['ip']}:{ports[wanted['port']]}"],
                        "labels": {
                            **told,
                            "pod": address["targetRef"]["name"],
                            "__metrics_path__": wanted["path"],
                        },
                    }


@contextmanager
def told_targets(cluster: NodeCluster) -> Iterator[str]:
    """Tell Prometheus its targets for the length of the block; give the address where."""
    monitor = overlay("production").named("ServiceMonitor", "snapasset")["spec"]
    scraped = Scraped(monitor=monitor)
    ask = ("get", KINDS, "--namespace", NAMESPACE, "--output", "json")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = json.loads(cluster.told(*ask))["items"]
            body = json.dumps(scraped.groups(found)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # Prometheus has given up
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Be quiet."""

    with ThreadingHTTPServer((HOST_ADDRESS, 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://{HOST_ADDRESS}:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def _label(name: str) -> str:
    return re.sub(r"\W", "_", name)
