"""The plan of the test cluster: no two machines, ranges or zones collide."""

from ipaddress import ip_address, ip_network
from itertools import combinations

from tests.cluster.nodes import topology
from tests.cluster.nodes.topology import NODES

CABLES = ip_network(f"{topology.CONTROL_ADDRESS}/{topology.PREFIX_LENGTH}", strict=False)


def test_every_machine_has_an_address_of_its_own_on_the_cables() -> None:
    addresses = [topology.CONTROL_ADDRESS, topology.HOST_ADDRESS, *(one.address for one in NODES)]
    assert len(set(addresses)) == len(addresses)
    assert all(ip_address(address) in CABLES for address in addresses)


def test_no_ranges_overlap_and_each_node_has_its_part_of_the_pods() -> None:
    pods, services = ip_network(topology.PODS), ip_network(topology.SERVICES)
    assert not any(one.overlaps(other) for one, other in combinations((CABLES, pods, services), 2))
    parts = [ip_network(node.pods) for node in NODES]
    assert all(part.subnet_of(pods) for part in parts)  # type: ignore[arg-type]
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))


def test_the_services_of_the_cluster_are_in_their_range() -> None:
    services = ip_network(topology.SERVICES)
    assert ip_address(topology.API_SERVICE) == services[1]
    assert ip_address(topology.DNS_SERVICE) in services


def test_the_internet_is_no_private_network_of_the_policies() -> None:
    outside = ip_address(topology.OUTSIDE_ADDRESS)
    private = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
    assert not any(outside in ip_network(one) for one in private)


def test_there_are_two_nodes_in_two_zones() -> None:
    assert len({node.name for node in NODES}) == len({node.zone for node in NODES}) == 2
