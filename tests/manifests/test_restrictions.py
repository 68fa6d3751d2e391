"""Pod Security `restricted`, and what else holds for every pod."""

import re

from tests.manifests.rendered import (
    ROOT,
    WORKLOADS,
    Overlay,
    container_of,
    labels_of,
    overlay,
    pod_of,
)

PART_OF = "app.kubernetes.io/part-of"


def test_the_namespace_enforces_restricted(rendered: Overlay) -> None:
    (namespace,) = rendered.of("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pods_are_what_the_namespace_demands(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        pod, container = pod_of(workload), container_of(workload)
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all(volume.keys() & {"secret", "configMap", "emptyDir"} for volume in pod["volumes"])


def test_pods_get_no_token_and_no_variables_of_kubernetes(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        pod = pod_of(workload)
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False  # GATEWAY_PORT would be tcp://...
        assert pod["serviceAccountName"] == workload["metadata"]["name"]


def test_a_full_name_is_asked_for_at_once(rendered: Overlay) -> None:
    ours = [one for one in rendered.of("Deployment") if PART_OF in labels_of(one)]
    for workload in ours:
        assert pod_of(workload)["dnsConfig"] == {"options": [{"name": "ndots", "value": "2"}]}


def test_a_roll_out_and_a_drained_node_leave_replicas_at_work(rendered: Overlay) -> None:
    budgets = {one["metadata"]["name"] for one in rendered.of("PodDisruptionBudget")}
    ours = [one for one in rendered.of("Deployment") if PART_OF in labels_of(one)]
    assert len(ours) == 6
    for workload in ours:
        assert workload["metadata"]["name"] in budgets
        assert workload["spec"]["strategy"]["rollingUpdate"] == {
            "maxSurge": 1,
            "maxUnavailable": 0,
        }
        keys = [one["topologyKey"] for one in pod_of(workload)["topologySpreadConstraints"]]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_images_are_of_one_version(rendered: Overlay) -> None:
    images = [container_of(one)["image"] for one in rendered.of("Deployment")]
    assert len({image.rpartition(":")[2] for image in images}) == 1
    assert all(":" in image for image in images)


def test_dev_runs_the_images_that_make_images_makes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = dict(re.findall(r"^(TARGETS|IMAGES|TAG) [:?]= (.+)$", makefile, re.MULTILINE))
    made = {f"{told['IMAGES']}/{part}:{told['TAG']}" for part in told["TARGETS"].split()}
    assert {container_of(one)["image"] for one in overlay("dev").of("Deployment")} == made


def test_our_images_begin_with_one_that_cannot_change() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    bases = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.MULTILINE))
    assert bases - stages == {"${PYTHON_IMAGE}"}
    assert re.search(r"^ARG PYTHON_IMAGE=\S+@sha256:[0-9a-f]{64}$", dockerfile, re.MULTILINE)
