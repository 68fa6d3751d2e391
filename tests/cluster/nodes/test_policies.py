"""Every arrow of the network policies lets through, and nothing else does, tried from the pods."""

from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.reach import Target, reached
from tests.cluster.nodes.topology import API_PORT, CONTROL_ADDRESS, OUTSIDE_ADDRESS
from tests.manifests.rendered import container_of, overlay
from tests.manifests.test_network import allowed

_PROBES = 50050
_OUTSIDE: list[Target] = [
    ("the API server", CONTROL_ADDRESS, API_PORT),
    ("the internet", OUTSIDE_ADDRESS, 443),
]


def ports(installed: Installed) -> dict[str, set[int]]:
    """Return every port that a pod of each part listens on, declared or not."""
    return {
        part: {port["containerPort"] for port in container_of(workload)["ports"]} | {_PROBES}
        for part, workload in overlay(installed.name).workloads().items()
    }


def test_a_pod_reaches_those_that_the_picture_names_and_no_others(installed: Installed) -> None:
    listened = ports(installed)
    pods = [
        (part, pod["metadata"]["name"], pod["status"]["podIP"]) for part, pod in installed.pods()
    ]
    arrows = allowed(overlay(installed.name))
    found, wanted = set(), set()
    for part, name, _ in pods:
        targets = [
            (other, address, port)
            for other, pod, address in pods
            if pod != name
            for port in sorted(listened[other])
        ]
        found |= {(part, *target) for target in reached(installed, name, [*targets, *_OUTSIDE])}
        wanted |= {
            (part, other, port) for other, _, port in targets if (part, other, port) in arrows
        }
        if (part, "0.0.0.0/0", 443) in arrows:
            wanted.add((part, "the internet", 443))
    assert found == wanted
