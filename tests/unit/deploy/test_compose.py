"""compose.yaml says the same as the code, the Dockerfile and the secrets that `make up` makes."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers.secrets import write_secrets
from deploy.envoy.settings import EnvoySettings
from deploy.local.settings import ROOT
from services.common.process_settings import ServerSettings
from services.gateway.settings import GatewaySettings
from services.generator.settings import GeneratorSettings
from services.resizer.settings import ResizerSettings
from services.storage.settings import StorageSettings
from services.worker.settings import WorkerSettings

TEXT = (ROOT / "deploy" / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = [name for name, service in SERVICES.items() if "build" in service]

GRACES: dict[str, Any] = {"envoy": EnvoySettings, "worker": WorkerSettings}
PORTS = (
    ("GENERATOR_ADDRESS", "generator", GeneratorSettings),
    ("RESIZER_ADDRESS", "resizer", ResizerSettings),
    ("STORAGE_ADDRESS", "storage", StorageSettings),
)


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_hardened_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["networks"]


@pytest.mark.parametrize("name", OURS)
def test_every_image_of_ours_is_a_target_and_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["build"]["target"] == name
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    parent, stage = {}, {}
    for text in stages[1:]:
        begin, _, own = text.split("\n", 1)[0].partition(" AS ")
        parent[own], stage[own] = begin, text
    while name in stage and "HEALTHCHECK" not in stage[name]:
        name = parent[name]
    assert name in stage


def test_envoy_waits_longer_than_any_call_that_is_no_stream() -> None:
    told = SERVICES["envoy"]["environment"]
    assert not {"ENVOY_GRACE_SECONDS", "ENVOY_UNARY_SECONDS"} & told.keys()
    settings = EnvoySettings()
    assert settings.grace_seconds > settings.unary_seconds


@pytest.mark.parametrize("name", [*GRACES, "gateway", "generator", "resizer", "storage"])
def test_a_container_is_not_killed_before_it_has_drained(name: str) -> None:
    known = GRACES.get(name, ServerSettings).__dataclass_fields__
    told = SERVICES[name]["environment"]
    needed = [
        float(told.get(field.metadata["env"], field.default))
        for key, field in known.items()
        if key in ("drain_seconds", "grace_seconds")
    ]
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) >= sum(needed) + 10


@pytest.mark.parametrize(("variable", "name", "settings"), PORTS)
def test_addresses_are_the_ports_of_the_code(variable: str, name: str, settings: Any) -> None:
    port = settings.__dataclass_fields__["port"].default
    for caller in ("gateway", "worker"):
        assert SERVICES[caller]["environment"][variable] == f"{name}:{port}"
    assert f"EXPOSE {port}\n" in DOCKERFILE


def test_envoy_finds_the_gateway() -> None:
    assert SERVICES["envoy"]["environment"]["GATEWAY_HOST"] == "gateway"
    assert f"EXPOSE {GatewaySettings.__dataclass_fields__['port'].default}\n" in DOCKERFILE


def test_what_a_part_waits_for_has_a_health_check() -> None:
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert name in OURS or "healthcheck" in SERVICES[name]


def test_the_leaves_share_no_network() -> None:
    leaves = ("generator", "resizer", "storage", "redis")
    for leaf in leaves:
        for other in leaves:
            common = set(SERVICES[leaf]["networks"]) & set(SERVICES[other]["networks"])
            assert leaf == other or not common


def test_only_parts_that_serve_or_call_others_reach_the_outside() -> None:
    outside = {name for name, network in COMPOSE["networks"].items() if not network}
    out = {name for name, service in SERVICES.items() if outside & set(service["networks"])}
    watching = {name for name in SERVICES if SERVICES[name].get("profiles") == ["monitoring"]}
    assert out - watching == {"envoy", "gateway", "generator", "image-api", "worker"}
    assert {name for name, one in SERVICES.items() if "ports" in one} - watching == {"envoy"}


def test_every_secret_is_a_file_that_make_up_writes(tmp_path: Path) -> None:
    written = {file.name for file in write_secrets(tmp_path, {}).iterdir()}
    assert set(COMPOSE["secrets"]) == written
    assert {name for service in SERVICES.values() for name in service.get("secrets", ())} == written


def test_every_variable_has_a_default() -> None:
    assert re.findall(r"(?<!\$)\$\{(\w+)\}", TEXT) == []


def test_what_an_operator_sets_reaches_the_parts_that_it_is_a_setting_of() -> None:
    gateway, worker, storage = (
        SERVICES[name]["environment"] for name in ("gateway", "worker", "storage")
    )
    for name in ("IMAGE_LINKS", "S3_PUBLIC_URL"):
        assert gateway[name] == storage[name] == f"${{{name}:-}}"
    for name in ("IMAGE_LINK_SECONDS", "GENERATION_RETENTION_DAYS"):
        assert storage[name] == f"${{{name}:-}}"
    assert gateway["JOB_RETENTION_HOURS"] == worker["JOB_RETENTION_HOURS"]
    known = {(GatewaySettings, "gateway"), (WorkerSettings, "worker"), (StorageSettings, "storage")}
    for settings, part in known:
        passed = set(re.findall(r"\$\{(\w+):-\}", str(SERVICES[part]["environment"])))
        assert passed <= {item.metadata["env"] for item in fields(settings)}
