"""Alerts and the dashboard: Prometheus understands them, and what they ask for is measured."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.common.metrics import METRICS
from services.gateway.settings import GatewaySettings
from tests.manifests.rendered import (
    KUBERNETES,
    ROOT,
    Overlay,
    container_of,
    overlay,
    ports_of,
    render,
)
from tests.manifests.test_references import quantity
from tests.manifests.test_settings import IDLE_MIB, KIB, KIB_A_WATCHER, MIB

FOLDER = KUBERNETES / "components" / "monitoring"
OURS = "app_kubernetes_io_part_of"
OF_PROMETHEUS = {"namespace", "job", OURS}
CASES = Path(__file__).with_name("alert_cases.yaml")


@pytest.fixture
def production() -> Overlay:
    return overlay("production")


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed; Debian's package prometheus has it")
    return found


def rules(production: Overlay) -> list[dict[str, Any]]:
    (group,) = production.named("PrometheusRule", "snapasset")["spec"]["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def dashboard(production: Overlay) -> dict[str, Any]:
    maps = production.of("ConfigMap")
    (one,) = (one for one in maps if "grafana_dashboard" in one["metadata"].get("labels", {}))
    found: dict[str, Any] = json.loads(one["data"]["dashboard.json"])
    return found


def queries(production: Overlay) -> Iterator[str]:
    yield from (rule["expr"] for rule in rules(production))
    for panel in dashboard(production)["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for scaler in production.of("ScaledObject"):
        for trigger in scaler["spec"]["triggers"]:
            if trigger["type"] == "prometheus":
                yield trigger["metadata"]["query"]


def asked(query: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the metrics of ours that a query names, with the labels that it picks by."""
    for name, labels in re.findall(r"(snapasset_\w+)(?:\{([^}]*)\})?", query):
        picked = set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", labels))
        yield name.removesuffix("_bucket"), picked - OF_PROMETHEUS


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_understands_every_query(
    production: Overlay, promtool: str, tmp_path: Path
) -> None:
    recorded = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(queries(production))
    ]
    file = {"groups": [{"name": "all", "rules": recorded}]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(file))
    run(tmp_path, promtool, "check", "rules", "--lint-fatal", "rules.yaml")


def test_what_is_asked_for_is_measured_and_all_that_is_measured_is_shown(
    production: Overlay,
) -> None:
    for query in queries(production):
        for name, labels in asked(query):
            assert labels <= set(METRICS[name].labels)
    shown = {
        target["expr"] for panel in dashboard(production)["panels"] for target in panel["targets"]
    }
    assert {name for query in shown for name, _ in asked(query)} == set(METRICS)


def test_alerts_fire_when_they_should_and_not_before(
    production: Overlay, promtool: str, tmp_path: Path
) -> None:
    spec = production.named("PrometheusRule", "snapasset")["spec"]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec))
    shutil.copy(CASES, tmp_path)
    run(tmp_path, promtool, "test", "rules", CASES.name)


def test_every_alert_has_a_case_that_fires() -> None:
    cases = yaml.safe_load(CASES.read_text())["tests"]
    fired = {
        one["alertname"] for case in cases for one in case["alert_rule_test"] if one["exp_alerts"]
    }
    assert fired == {rule["alert"] for rule in rules(overlay("production"))}


def test_every_alert_says_how_bad_it_is_and_where_to_read_on(production: Overlay) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    anchors = {heading.lower() for heading in re.findall(r"^#+ (\w+)$", page, re.MULTILINE)}
    where = production.named("PrometheusRule", "snapasset")["metadata"]["annotations"]["runbooks"]
    for rule in rules(production):
        assert rule["labels"]["severity"] in ("page", "ticket")
        address, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert (address, anchor) == (where, rule["alert"].lower())
        assert anchor in anchors


def test_one_line_each_says_where_runbooks_are_and_what_the_prometheus_operator_reads(
    moved: Overlay,
) -> None:
    found = {rule["annotations"]["runbook_url"].partition("#")[0] for rule in rules(moved)}
    assert found == {"https://wiki/x"}
    for kind in ("ServiceMonitor", "PrometheusRule"):
        assert moved.named(kind, "snapasset")["metadata"]["labels"] == {"release": "metrics"}


def test_another_namespace_is_followed_by_every_query(moved: Overlay) -> None:
    triggers = [
        trigger["metadata"]["query"]
        for scaler in moved.of("ScaledObject")
        for trigger in scaler["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    assert len(triggers) == 2
    assert all('namespace="staging"' in query for query in triggers)
    others = [rule["expr"] for rule in rules(moved)]
    others += [one["expr"] for panel in dashboard(moved)["panels"] for one in panel["targets"]]
    assert not any(re.search(r'namespace="', query) for query in others)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """What a copy of the overlay makes with three lines changed."""
    folder = tmp_path_factory.mktemp("moved")
    shutil.copytree(KUBERNETES / "overlays" / "production", folder / "own")
    file = folder / "own" / "kustomization.yaml"
    text = file.read_text()
    for old, new in (
        ("namespace: snapasset\n", "namespace: staging\n"),
        ("release: kube-prometheus-stack", "release: metrics"),
        ("https://docs.example.com/operations.html", "https://wiki/x"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text.replace("../..", os.path.relpath(KUBERNETES, folder / "own")))
    return Overlay(list(yaml.safe_load_all(render(folder / "own"))))


def test_the_line_is_nearly_full_at_four_fifths_of_what_it_holds(production: Overlay) -> None:
    (rule,) = (rule for rule in rules(production) if rule["alert"] == "LineIsNearlyFull")
    most = int(production.environ("gateway")["QUEUE_MAX_WAITING"])
    assert most == GatewaySettings(jwt_secret="x" * 32).queue_max_waiting
    assert rule["expr"].endswith(f"> {most * 4 // 5}")
    assert f"at {most} " in rule["annotations"]["summary"]


def test_the_worker_has_slots_to_spare_when_another_comes(production: Overlay) -> None:
    (trigger,) = production.named("ScaledObject", "worker")["spec"]["triggers"]
    slots = int(production.environ("worker")["WORKER_SLOTS"])
    assert int(trigger["metadata"]["threshold"]) == slots * 3 // 4


def test_the_gateway_grows_before_its_watchers_fill_its_memory(production: Overlay) -> None:
    (_, trigger) = production.named("ScaledObject", "gateway")["spec"]["triggers"]
    watchers = int(trigger["metadata"]["threshold"])
    limit = container_of(production.workloads()["gateway"])["resources"]["limits"]["memory"]
    used = watchers * KIB_A_WATCHER["gateway"] * KIB + IDLE_MIB["gateway"] * MIB
    assert used < float(quantity(limit)) / 2
    assert not [
        one
        for one in production.of("HorizontalPodAutoscaler")
        if one["metadata"]["name"] == "gateway"
    ]


def test_every_pod_is_scraped(production: Overlay) -> None:
    (endpoint,) = production.named("ServiceMonitor", "snapasset")["spec"]["endpoints"]
    wanted = production.named("ServiceMonitor", "snapasset")["spec"]["selector"]["matchLabels"]
    scraped = set()
    for service in production.of("Service"):
        assert wanted.items() <= service["metadata"]["labels"].items()
        if endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}:
            scraped.add(service["spec"]["selector"]["app.kubernetes.io/name"])
    assert scraped == set(production.workloads())
    added = production.named("ServiceMonitor", "snapasset")["spec"]["targetLabels"]
    assert [name.translate(str.maketrans("./-", "___")) for name in added] == [OURS]
    assert all("metrics" in ports_of(one) for one in production.workloads().values())


def test_panels_lie_side_by_side_and_read_from_the_chosen_source(production: Overlay) -> None:
    panels = dashboard(production)["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["datasource"]["uid"] == "${source}"
        assert panel["description"]
