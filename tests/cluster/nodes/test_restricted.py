"""Each pod may do what the files claim and no more, seen from inside it; no other pod is let in."""

import json
from typing import Any

from tests.cluster.nodes.installed import Installed
from tests.manifests.rendered import container_of, overlay

_PROGRAM = """
import json, os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
mounts = {line.split()[1] for line in open("/proc/mounts")}
written = [folder for folder in mounts if os.path.isdir(folder) and os.access(folder, os.W_OK)]
print(json.dumps({
    "user": os.getuid(),
    "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "gains no privileges": int(status["NoNewPrivs"]),
    "filtered system calls": int(status["Seccomp"]),
    "token": os.path.exists("/var/run/secrets/kubernetes.io"),
    "written": sorted(written),
}))
"""
_OF_EVERY_CONTAINER = ("/dev/mqueue", "/dev/shm")  # noqa: S108 - memory that its processes share
_FILTER = 2
_OF_ROOT = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "intruder", "labels": {"app.kubernetes.io/name": "gateway"}},
    "spec": {"hostNetwork": True, "containers": [{"name": "any", "image": "any"}]},
}


def test_a_pod_has_no_rights_and_writes_to_its_volumes_alone(installed: Installed) -> None:
    workloads = overlay(installed.name).workloads()
    for part, pod in installed.pods():
        name = pod["metadata"]["name"]
        told = json.loads(installed.kubectl("exec", name, "--", "python3", "-c", _PROGRAM))
        assert told == {
            "user": _user(workloads[part]),
            "capabilities": 0,
            "gains no privileges": 1,
            "filtered system calls": _FILTER,
            "token": False,
            "written": sorted([*_OF_EVERY_CONTAINER, *_writable(workloads[part])]),
        }, part


def test_a_pod_that_wants_more_is_refused(installed: Installed) -> None:
    words = ("create", "--namespace", installed.namespaces[0], "--filename", "-")
    done = installed.cluster.kubectl(*words, given=json.dumps(_OF_ROOT))
    assert done.returncode != 0
    assert 'violates PodSecurity "restricted' in done.stderr


def _user(workload: dict[str, Any]) -> int:
    return int(workload["spec"]["template"]["spec"]["securityContext"]["runAsUser"])


def _writable(workload: dict[str, Any]) -> list[str]:
    mounts = container_of(workload)["volumeMounts"]
    return [mount["mountPath"] for mount in mounts if not mount.get("readOnly")]
