"""Compose's Prometheus and Grafana: what they scrape and show is what the parts offer."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests.rendered import ROOT

DEPLOY = ROOT / "deploy"
MONITORING = DEPLOY / "monitoring"
ENVOY_PORT = 9463
"""Of its image, in deploy/Dockerfile."""


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read(DEPLOY / "compose.yaml")["services"]
    return found


def test_prometheus_accepts_its_configuration() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; Debian's package prometheus has it")
    command = (promtool, "check", "config", str(MONITORING / "prometheus.yaml"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_is_scraped_where_it_shows_its_metrics(services: dict[str, Any]) -> None:
    shown = {
        name: int(service["environment"]["METRICS_PORT"])
        for name, service in services.items()
        if "METRICS_PORT" in service.get("environment", {})
    }
    shown["envoy"] = ENVOY_PORT
    assert f"ENVOY_METRICS_PORT={ENVOY_PORT}" in (DEPLOY / "Dockerfile").read_text()
    jobs = read(MONITORING / "prometheus.yaml")["scrape_configs"]
    scraped = {}
    for job in jobs:
        (lookup,) = job["dns_sd_configs"]
        assert lookup["names"] == [job["job_name"]]
        scraped[job["job_name"]] = lookup["port"]
    assert scraped == shown


def test_both_receivers_share_a_network_with_every_part(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if "OTEL_EXPORTER_OTLP_ENDPOINT" in service.get("environment", {}):
            for receiver in ("prometheus", "traces"):
                assert set(service["networks"]) & set(services[receiver]["networks"]), name


def test_grafana_finds_its_sources_and_the_dashboard_that_kubernetes_has(
    services: dict[str, Any],
) -> None:
    mounts = dict(one.split(":")[:2] for one in services["grafana"]["volumes"])
    (provider,) = read(MONITORING / "grafana" / "dashboards" / "ours.yaml")["providers"]
    (mount,) = (to for to in mounts.values() if to.startswith(provider["options"]["path"]))
    (file,) = (DEPLOY / own for own, to in mounts.items() if to == mount)
    dashboard = json.loads(file.read_text())
    sources = read(MONITORING / "grafana" / "datasources" / "ours.yaml")["datasources"]
    asked = {one["query"] for one in dashboard["templating"]["list"] if one["type"] == "datasource"}
    assert asked == {one["type"] for one in sources if one.get("isDefault")}
    for source in sources:
        host, _, port = source["url"].removeprefix("http://").partition(":")
        assert set(services[host]["networks"]) & set(services["grafana"]["networks"])
        assert port
