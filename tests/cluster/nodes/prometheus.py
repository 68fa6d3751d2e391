"""Prometheus in the cluster: it knows our alerts, which are in more of a hurry here."""

import json
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.nodes.cluster import NodeCluster
from tests.manifests.rendered import Overlay, overlay

PROGRAM = Path("/usr/bin/prometheus")
_MANIFEST = Path(__file__).with_name("monitoring") / "prometheus.yaml"
_MONITORING = "monitoring"
_CALL_SECONDS = 20
_SCRAPE, _DISCOVERY = "2s", "5s"

_WINDOWS = {"5m": "20s", "10m": "20s", "15m": "20s", "1h": "40s", "1d": "5m"}
_HOLD = "4s"
_LIMITS = {
    "LineIsOld": ("> 300", "> 5"),
    "LineIsNearlyFull": ("> 8000", "> 3"),
    "WebhooksAreLate": ("> 60", "> 5"),
    "SpendIsHigh": ("> 50", "> 0.001"),
    "BatchesStarve": ("> 6 * 3600", "> 5"),
}
"""What an alert compares with, and what it compares with here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prometheus:
    """A running Prometheus, asked from this machine."""

    url: str

    def targets(self) -> dict[str, str]:
        """Return the health of each target by its pod."""
        found = self._ask("targets?state=active")["activeTargets"]
        return {one["labels"]["pod"]: one["health"] for one in found}

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        alerts = self._ask("alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{what}", timeout=_CALL_SECONDS) as answer:  # noqa: S310 - http
            return json.load(answer)["data"]


def install_prometheus(cluster: NodeCluster, targets_url: str) -> Prometheus:
    """Run it with our alerts; what it scrapes, it learns at `targets_url`."""
    files = {
        "prometheus.yaml": yaml.safe_dump(_configuration(targets_url)),
        "rules.yaml": yaml.safe_dump(hurried(overlay("production"))),
    }
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "prometheus", "namespace": _MONITORING},
        "data": files,
    }
    cluster.told("apply", "--server-side", "-f", _MANIFEST)
    cluster.told("apply", "--server-side", "-f", "-", given=json.dumps(config))
    cluster.wait("condition=Available", "-n", _MONITORING, "deployment/prometheus")
    service = cluster.told("get", "service", "prometheus-operated", "-n", _MONITORING, "-o", "json")
    return Prometheus(url=f"http://{json.loads(service)['spec']['clusterIP']}:9090")


def hurried(production: Overlay) -> dict[str, Any]:
    """Return our rules with short windows and low limits, and nothing else changed."""
    spec: dict[str, Any] = production.named("PrometheusRule", "snapasset")["spec"]
    groups = [
        {"name": group["name"], "interval": _SCRAPE, "rules": list(map(_hurried, group["rules"]))}
        for group in spec["groups"]
    ]
    return {"groups": groups}


def _hurried(rule: dict[str, Any]) -> dict[str, Any]:
    expr = re.sub(r"\[(\w+)\]", lambda found: f"[{_WINDOWS[found[1]]}]", rule["expr"])
    if rule["alert"] in _LIMITS:
        limit, lower = _LIMITS[rule["alert"]]
        assert expr.count(limit) == 1, f"{rule['alert']} has no {limit}"
        expr = expr.replace(limit, lower)
    return {**rule, "expr": expr, **({"for": _HOLD} if "for" in rule else {})}


def _configuration(targets_url: str) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": _SCRAPE, "scrape_timeout": _SCRAPE},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [
            {
                "job_name": "snapasset",
                "http_sd_configs": [{"url": targets_url, "refresh_interval": _DISCOVERY}],
            }
        ],
    }
