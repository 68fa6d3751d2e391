"""Each process accepts what the manifests tell it, and ports, times and memory fit its settings."""

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.envoy.settings import EnvoySettings
from services.common.settings import load
from services.gateway.settings import GatewaySettings
from services.generator.settings import GeneratorSettings
from services.resizer.settings import ResizerSettings
from services.storage.settings import StorageSettings
from services.worker.settings import WorkerSettings
from tests.manifests.rendered import ROOT, Overlay, container_of, overlay, pod_of, ports_of
from tests.manifests.test_references import quantity

PROCESSES: dict[str, type[Any]] = {
    "envoy": EnvoySettings,
    "gateway": GatewaySettings,
    "worker": WorkerSettings,
    "generator": GeneratorSettings,
    "resizer": ResizerSettings,
    "storage": StorageSettings,
}
SECRETS = {
    "JWT_SECRET": "0123456789abcdef0123456789abcdef",
    "STREAM_TICKET_SECRET": "fedcba9876543210fedcba9876543210",
    "JWT_SECRET_PREVIOUS": "",
    "api-keys.json": "[]",
    "REDIS_URL": "rediss://:secret@redis.example.com:6379/0",
    "OPENAI_API_KEY": "key",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
}
OF_OPENTELEMETRY = {"OTEL_EXPORTER_OTLP_ENDPOINT"}
MARGIN_SECONDS, HAND_BACK_SECONDS = 10, 5
KIB, MIB = 2**10, 2**20
IDLE_MIB = {"envoy": 90, "gateway": 73, "resizer": 142}
KIB_A_WATCHER = {"envoy": 71, "gateway": 40}
"""Measured, as docs/operations.md tells."""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(value)
    return tmp_path


def environ_of(rendered: Overlay, name: str, secrets: Path) -> dict[str, str]:
    """The environment of a pod, its secrets moved to where there are some."""
    pairs = rendered.environ(name).items()
    return {
        key: str(secrets / Path(value).name) if value.startswith("/run/secrets/") else value
        for key, value in pairs
    }


def settings_of(rendered: Overlay, name: str, secrets: Path) -> Any:
    return load(PROCESSES[name], environ_of(rendered, name, secrets))


def known(settings: type[Any]) -> set[str]:
    facts = [field.metadata for field in dataclasses.fields(settings)]
    secret = {f"{fact['env']}_FILE" for fact in facts if fact["secret"]}
    return {fact["env"] for fact in facts} | secret | OF_OPENTELEMETRY


@pytest.mark.parametrize("name", PROCESSES)
def test_every_variable_is_a_setting_of_the_process(rendered: Overlay, name: str) -> None:
    assert rendered.environ(name).keys() <= known(PROCESSES[name])


@pytest.mark.parametrize("name", PROCESSES)
def test_the_process_accepts_all_of_them(rendered: Overlay, name: str, secrets: Path) -> None:
    settings = settings_of(rendered, name, secrets)
    assert settings.host == "0.0.0.0"  # noqa: S104 - a pod's own


@pytest.mark.parametrize("name", PROCESSES)
def test_ports_are_those_of_the_settings(rendered: Overlay, name: str, secrets: Path) -> None:
    ports = ports_of(rendered.workloads()[name])
    settings = settings_of(rendered, name, secrets)
    assert ports["metrics"] == settings.metrics_port
    if name == "envoy":
        assert ports["http"] == settings.port
        return
    assert ports["health"] == settings.health_port
    if name != "worker":
        assert ports["grpc"] == settings.port


def test_addresses_lead_to_services(rendered: Overlay, secrets: Path) -> None:
    worker = settings_of(rendered, "worker", secrets)
    envoy = settings_of(rendered, "envoy", secrets)
    addresses = [worker.generator_address, worker.resizer_address, worker.storage_address]
    for address in [*addresses, f"{envoy.gateway_host}:{envoy.gateway_port}"]:
        host, _, port = address.partition(":")
        service = rendered.named("Service", host)["spec"]
        assert service["clusterIP"] == "None", "callers balance over pods, so they must see them"
        assert {one["name"]: one["port"] for one in service["ports"]}["grpc"] == int(port)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_pod_is_not_killed_before_it_has_drained(
    rendered: Overlay, name: str, secrets: Path
) -> None:
    settings = settings_of(rendered, name, secrets)
    workload = rendered.workloads()[name]
    if name == "envoy":
        sleep = container_of(workload)["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert settings.grace_seconds > settings.unary_seconds
        needed = sleep + settings.drain_seconds + settings.grace_seconds
    elif name == "worker":
        needed = settings.grace_seconds + HAND_BACK_SECONDS
    else:
        needed = settings.drain_seconds + settings.grace_seconds
    assert pod_of(workload)["terminationGracePeriodSeconds"] >= needed + MARGIN_SECONDS


def test_a_stop_cuts_no_purchase_and_no_cut(rendered: Overlay, secrets: Path) -> None:
    generator = settings_of(rendered, "generator", secrets)
    resizer = settings_of(rendered, "resizer", secrets)
    assert generator.grace_seconds >= generator.timeout_seconds
    assert settings_of(rendered, "worker", secrets).grace_seconds >= generator.timeout_seconds
    assert resizer.grace_seconds >= resizer.deadline_seconds


def test_one_map_turns_presigned_links_on_in_gateway_and_storage(
    rendered: Overlay, secrets: Path
) -> None:
    both = config_maps(rendered, "gateway") & config_maps(rendered, "storage")
    [links] = [
        rendered.named("ConfigMap", name)["data"] for name in both if name.startswith("links")
    ]
    presigned = {"IMAGE_LINKS": "presigned", "S3_PUBLIC_URL": "https://s3.example.com"}
    assert links.keys() == presigned.keys()
    for name in ("gateway", "storage"):
        settings = load(PROCESSES[name], environ_of(rendered, name, secrets) | presigned)
        assert settings.image_links == "presigned"


def config_maps(rendered: Overlay, name: str) -> set[str]:
    sources = container_of(rendered.workloads()[name])["envFrom"]
    return {source["configMapRef"]["name"] for source in sources}


def test_memory_holds_what_the_settings_let_in(rendered: Overlay, secrets: Path) -> None:
    resizer = settings_of(rendered, "resizer", secrets)
    assert limit(rendered, "resizer") > resizer.most_bytes + IDLE_MIB["resizer"] * MIB
    envoy = settings_of(rendered, "envoy", secrets)
    watchers = max(envoy.max_connections, envoy.max_streams)
    for name, weight in KIB_A_WATCHER.items():
        assert limit(rendered, name) > watchers * weight * KIB + IDLE_MIB[name] * MIB
    assert resizer.max_pixels >= settings_of(rendered, "generator", secrets).max_pixels


def limit(rendered: Overlay, name: str) -> float:
    resources = container_of(rendered.workloads()[name])["resources"]
    return float(quantity(resources["limits"]["memory"]))


@pytest.mark.parametrize("name", PROCESSES)
def test_a_pod_requests_what_steady_load_takes(name: str) -> None:
    """At ten times the 1x of docs/operations.md, on one pod while the other is away."""
    jobs_a_second, watchers = 10 * 500 / 3600, 10 * 100
    cost = costs()[name]
    cpus = (jobs_a_second * cost.job_ms + watchers * cost.watcher_minute_ms / 60) / 1000
    mib = cost.most_mib + watchers * cost.watcher_kib / 1024
    requests = container_of(overlay("production").workloads()[name])["resources"]["requests"]
    assert cpus <= quantity(requests["cpu"]) <= 4 * cpus
    assert mib <= quantity(requests["memory"]) / MIB <= 2 * mib


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one process takes, as it was measured."""

    most_mib: float
    job_ms: float
    watcher_kib: float
    watcher_minute_ms: float


def costs() -> dict[str, Cost]:
    """Read the table of docs/operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, table = page.partition("| process | idle |")
    rows = [line.split("|")[1:-1] for line in table.partition("\n\n")[0].splitlines()[2:]]
    return {
        cells[0].strip().lower(): Cost(
            most_mib=figure(cells[2]),
            job_ms=figure(cells[3]),
            watcher_kib=figure(cells[4]),
            watcher_minute_ms=figure(cells[5]),
        )
        for cells in rows
    }


def figure(cell: str) -> float:
    """Return the number of a cell, 0 for a dash."""
    found = re.match(r"\s*([\d.,]+)", cell)
    return float(found[1].replace(",", "")) if found else 0.0
