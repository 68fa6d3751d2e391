"""Prometheus is told each pod of the services that the monitor picks, ready or not, and no more."""

from typing import Any

from tests.cluster.nodes.installed import NAMESPACE
from tests.cluster.nodes.scraped import Scraped

PART_OF, NAME = "app.kubernetes.io/part-of", "app.kubernetes.io/name"
OURS = {PART_OF: "snapasset", NAME: "gateway"}
MONITOR = {
    "selector": {"matchLabels": {PART_OF: "snapasset"}},
    "jobLabel": NAME,
    "targetLabels": [PART_OF],
    "endpoints": [{"port": "metrics", "path": "/metrics"}],
}


def service(name: str, labels: dict[str, str]) -> dict[str, Any]:
    return {"kind": "Service", "metadata": {"name": name, "labels": labels}}


def endpoints(name: str, port: str = "metrics") -> dict[str, Any]:
    ready = {"ip": "10.1.0.1", "targetRef": {"name": f"{name}-1"}}
    starting = {"ip": "10.1.0.2", "targetRef": {"name": f"{name}-2"}}
    subset = {
        "ports": [{"name": port, "port": 9464}],
        "addresses": [ready],
        "notReadyAddresses": [starting],
    }
    return {"kind": "Endpoints", "metadata": {"name": name}, "subsets": [subset]}


def told(*objects: dict[str, Any]) -> list[dict[str, Any]]:
    return Scraped(monitor=MONITOR).groups(objects)


def test_each_pod_is_a_target_with_the_labels_that_alerts_ask_for() -> None:
    first, second = told(service("gateway", OURS), endpoints("gateway"))
    assert (first["targets"], second["targets"]) == (["10.1.0.1:9464"], ["10.1.0.2:9464"])
    assert first["labels"] == {
        "app_kubernetes_io_part_of": "snapasset",
        "job": "gateway",
        "namespace": NAMESPACE,
        "pod": "gateway-1",
        "__metrics_path__": "/metrics",
    }
    assert second["labels"]["pod"] == "gateway-2"


def test_a_service_of_others_and_a_port_without_metrics_are_no_targets() -> None:
    assert not told(service("other", {NAME: "other"}), endpoints("other"))
    assert not told(service("gateway", OURS), endpoints("gateway", port="grpc"))
