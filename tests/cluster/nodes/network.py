"""The cluster's cables: network namespaces joined by a bridge that this machine's network never
sees, so that no firewall rule here is touched or in the way."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.cluster.nodes import topology
from tests.cluster.nodes.topology import (
    BRIDGE,
    CONTROL,
    CONTROL_ADDRESS,
    HOST_ADDRESS,
    HOST_LINK,
    NODES,
    OUTSIDE_ADDRESS,
    PREFIX_LENGTH,
    RECEIVER_ADDRESS,
    NodePlan,
)

_SECONDS = 20


@contextmanager
def cables() -> Iterator[None]:
    """Join this machine, the control plane and the nodes for the length of the block."""
    with ExitStack() as made:
        _namespace(made, CONTROL)
        _control("link", "add", BRIDGE, "type", "bridge")
        _control("link", "set", BRIDGE, "up")
        _control("address", "add", f"{CONTROL_ADDRESS}/{PREFIX_LENGTH}", "dev", BRIDGE)
        _control("address", "add", f"{OUTSIDE_ADDRESS}/32", "dev", "lo")
        _plug_in(HOST_LINK)
        made.callback(_ip, "link", "delete", HOST_LINK)
        _ip("address", "add", f"{HOST_ADDRESS}/{PREFIX_LENGTH}", "dev", HOST_LINK)
        _ip("address", "add", f"{RECEIVER_ADDRESS}/32", "dev", HOST_LINK)
        _ip("link", "set", HOST_LINK, "up")
        for node in NODES:
            _namespace(made, node.name)
            _plug_in(node.name)
            _connect(node)
        _lead_to_pods()
        yield


def _namespace(made: ExitStack, name: str) -> None:
    _ip("netns", "add", name)
    made.callback(_ip, "netns", "delete", name)
    _ip("-netns", name, "link", "set", "lo", "up")


def _plug_in(name: str) -> None:
    """Make a cable from the bridge, whose other end has this name and is still outside."""
    port = f"to-{name}"
    _ip("link", "add", name, "type", "veth", "peer", "name", port, "netns", CONTROL)
    _control("link", "set", port, "master", BRIDGE, "up")


def _connect(node: NodePlan) -> None:
    _ip("link", "set", node.name, "netns", node.name)
    for words in (
        ("link", "set", node.name, "name", "eth0"),
        ("address", "add", f"{node.address}/{PREFIX_LENGTH}", "dev", "eth0"),
        ("link", "set", "eth0", "up"),
        ("route", "add", "default", "via", CONTROL_ADDRESS),
        ("route", "add", RECEIVER_ADDRESS, "via", HOST_ADDRESS),
    ):
        _ip("-netns", node.name, *words)
    _sysctl(node.name, "net.ipv4.ip_forward=1")


def _lead_to_pods() -> None:
    """Tell everybody which node has which pods, and that the first one knows the services."""
    for node in NODES:
        others = [each.name for each in NODES if each != node]
        for words in ((), ("-netns", CONTROL), *(("-netns", name) for name in others)):
            _ip(*words, "route", "add", node.pods, "via", node.address)
    _ip("route", "add", OUTSIDE_ADDRESS, "via", CONTROL_ADDRESS)
    for words in ((), ("-netns", CONTROL)):
        _ip(*words, "route", "add", topology.SERVICES, "via", NODES[0].address)


def _control(*words: str) -> None:
    _ip("-netns", CONTROL, *words)


def _ip(*words: str) -> None:
    _run("ip", *words)


def _sysctl(namespace: str, setting: str) -> None:
    _run("ip", "netns", "exec", namespace, "sysctl", "--quiet", "--write", setting)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
