"""The cluster itself: a pod is reached by its Service's name from another node, and pods' usage is
known."""

from functools import partial
from pathlib import Path

from tests.cluster.nodes.cluster import NodeCluster
from tests.cluster.nodes.topology import NODES
from tests.eventually import eventually

PAIR = Path(__file__).with_name("pair.yaml")
_SERVICE_SECONDS, _USAGE_SECONDS = 30, 120


async def test_a_pod_is_reached_through_its_service_from_another_node(nodes: NodeCluster) -> None:
    nodes.told("apply", "-f", PAIR)
    nodes.wait("condition=Ready", "--namespace", "pair", "pod/near", "pod/far")
    for name in ("far", "far.pair.svc.cluster.local"):
        ask = ("exec", "--namespace", "pair", "near", "--", "redis-cli", "-h", name, "ping")
        await eventually(partial(says, nodes, "PONG\n", *ask), _SERVICE_SECONDS)
    nodes.told("delete", "namespace", "pair")


async def test_what_the_nodes_use_is_known(nodes: NodeCluster) -> None:
    def known() -> bool:
        return nodes.kubectl("top", "nodes").stdout.count("sa-node-") == len(NODES)

    await eventually(known, _USAGE_SECONDS)


def says(nodes: NodeCluster, wanted: str, *words: str) -> bool:
    """Return whether kubectl prints just this."""
    return nodes.kubectl(*words).stdout == wanted
