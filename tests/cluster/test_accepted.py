"""A real API server takes every object without a warning, and admits every pod as restricted."""

import copy
import json
from typing import Any

import pytest
import yaml

from tests.cluster.api_server import Cluster
from tests.manifests.rendered import KUBERNETES, OVERLAYS, Object, overlay, render

NAMESPACE = "snapasset"
APPLY = ("apply", "--server-side", "--force-conflicts", "-f", "-")


@pytest.fixture(params=OVERLAYS)
def applied(request: pytest.FixtureRequest, cluster: Cluster) -> dict[str, Object]:
    """Apply an overlay, without a word of complaint; gives what runs pods, by name."""
    text = render(KUBERNETES / "overlays" / request.param)
    objects = list(yaml.safe_load_all(text))
    done = cluster.kubectl(*APPLY, given=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(objects)
    return overlay(request.param).workloads()


def pod(name: str, workload: Object) -> Object:
    """Return a pod as a controller would make it."""
    template = copy.deepcopy(workload["spec"]["template"])
    metadata = {**template["metadata"], "name": f"{name}-0", "namespace": NAMESPACE}
    for claim in workload["spec"].get("volumeClaimTemplates", []):
        volume = claim["metadata"]["name"]
        source = {"claimName": f"{volume}-{name}-0"}
        template["spec"]["volumes"].append({"name": volume, "persistentVolumeClaim": source})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def created(cluster: Cluster, one: Object) -> tuple[int, str]:
    """Ask for a pod, as a trial: all checks are made and nothing is kept."""
    done = cluster.kubectl("create", "--dry-run=server", "-f", "-", given=json.dumps(one))
    return done.returncode, done.stderr


def test_every_pod_is_admitted(cluster: Cluster, applied: dict[str, Object]) -> None:
    for name, workload in applied.items():
        assert created(cluster, pod(name, workload)) == (0, ""), name


def test_no_pod_may_have_more_rights(cluster: Cluster, applied: dict[str, Object]) -> None:
    more: list[dict[str, Any]] = [
        {"allowPrivilegeEscalation": True},
        {"runAsUser": 0, "runAsNonRoot": False},
        {"capabilities": {"add": ["NET_ADMIN"]}},
    ]
    for rights in more:
        one = pod("gateway", applied["gateway"])
        (container,) = one["spec"]["containers"]
        container["securityContext"] |= rights
        code, said = created(cluster, one)
        assert code == 1
        assert 'violates PodSecurity "restricted' in said


@pytest.mark.parametrize("component", ["ingress", "jwks"])
def test_what_no_overlay_uses_is_taken_too(cluster: Cluster, component: str) -> None:
    text = render(KUBERNETES / "components" / component)
    done = cluster.kubectl(*APPLY, "--namespace", NAMESPACE, "--dry-run=server", given=text)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_mistake_is_refused(cluster: Cluster, applied: dict[str, Object]) -> None:
    wrong = copy.deepcopy(applied["gateway"])
    wrong["spec"]["template"]["spec"]["contaners"] = []
    done = cluster.kubectl(*APPLY, "--dry-run=server", given=json.dumps(wrong))
    assert done.returncode == 1
    assert "contaners" in done.stderr
