"""The test cluster as data: its machines, their addresses, and the ranges of pods and services."""

from dataclasses import dataclass

CONTROL = "sa-control"
"""The network namespace of the control plane, whose bridge is the cables between all machines."""

BRIDGE = "cables"
CONTROL_ADDRESS = "10.200.0.1"
HOST_LINK = "sa-host"
"""The one link in this machine's own network: where tests stand, outside the cluster."""

HOST_ADDRESS = "10.200.0.254"
OUTSIDE_ADDRESS = "203.0.113.10"
"""Stands for the internet: no private network, and no pod of the cluster."""

RECEIVER_ADDRESS = "203.0.113.20"
"""Where tests receive webhooks: this machine's address in that internet."""

PREFIX_LENGTH = 24
PODS = "10.244.0.0/16"
SERVICES = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"
DOMAIN = "cluster.local"
API_PORT = 6443


@dataclass(frozen=True, kw_only=True, slots=True)
class NodePlan:
    """One machine of the cluster: `name` is also that of its network namespace and its cgroup."""

    name: str
    zone: str
    address: str
    pods: str


NODES = (
    NodePlan(name="sa-node-1", zone="a", address="10.200.0.11", pods="10.244.1.0/24"),
    NodePlan(name="sa-node-2", zone="b", address="10.200.0.12", pods="10.244.2.0/24"),
)
