"""The overlays as Kubernetes would get them, and questions that several tests have for them."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers.go_programs import NoProgram, go_program

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(folder.name for folder in (KUBERNETES / "overlays").iterdir())
OPTIONS = "options"
"""Components that no overlay of ours has, on the base; a folder of these tests."""
NAME = "app.kubernetes.io/name"
WORKLOADS = ("Deployment", "StatefulSet")

Object = dict[str, Any]


def render(folder: Path) -> str:
    """Run kustomize on `folder`; skips the test where there is none and no Go to build it."""
    try:
        command = [*kustomize(), folder]
    except NoProgram as error:
        pytest.skip(f"no kustomize: {error}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@cache
def kustomize() -> tuple[str | Path, ...]:
    """Return the machine's kubectl where its kustomize knows components, else ours."""
    if shutil.which("kubectl"):
        said = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True)
        version = re.search(r"Kustomize Version: v(\d+)", said.stdout)
        if version and int(version[1]) >= 5:
            return ("kubectl", "kustomize")
    return (go_program("kustomize"), "build")


@dataclass(frozen=True, slots=True)
class Overlay:
    """All objects of one overlay."""

    objects: list[Object]

    def of(self, *kinds: str) -> Iterator[Object]:
        """Yield the objects of these kinds."""
        return (one for one in self.objects if one["kind"] in kinds)

    def named(self, kind: str, name: str) -> Object:
        """Return one object. Raises KeyError."""
        found = {one["metadata"]["name"]: one for one in self.of(kind)}
        return found[name]

    def workloads(self) -> dict[str, Object]:
        """Return what runs pods, by name."""
        return {one["metadata"]["name"]: one for one in self.of(*WORKLOADS)}

    def environ(self, name: str) -> dict[str, str]:
        """Return the environment of one workload's container."""
        container = container_of(self.workloads()[name])
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            found |= self.named("ConfigMap", source["configMapRef"]["name"])["data"]
        return found | {item["name"]: item["value"] for item in container.get("env", [])}


@cache
def overlay(name: str) -> Overlay:
    """Return an overlay as kustomize makes it; tests only look at it."""
    return Overlay(list(yaml.safe_load_all(render(folder_of(name)))))


def folder_of(name: str) -> Path:
    """Return where an overlay is."""
    return Path(__file__).with_name(OPTIONS) if name == OPTIONS else KUBERNETES / "overlays" / name


def pod_of(workload: Object) -> Object:
    """Return the pod's spec."""
    spec: Object = workload["spec"]["template"]["spec"]
    return spec


def labels_of(workload: Object) -> dict[str, str]:
    """Return the pod's labels."""
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def container_of(workload: Object) -> Object:
    """Return the pod's only container."""
    (container,) = pod_of(workload)["containers"]
    found: Object = container
    return found


def ports_of(workload: Object) -> dict[str, int]:
    """Return the container's ports by name."""
    return {port["name"]: port["containerPort"] for port in container_of(workload)["ports"]}


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether a label selector matches; an empty one matches everything."""
    equal = selector.get("matchLabels", {})
    among = selector.get("matchExpressions", [])
    assert all(one["operator"] == "In" for one in among), "no other operator is used"
    return all(labels.get(key) == value for key, value in equal.items()) and all(
        labels.get(one["key"]) in one["values"] for one in among
    )
