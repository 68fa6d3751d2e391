"""A whole cluster: its control plane and its nodes, with names, metrics and policies at work."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.api_server import CALL_SECONDS, CannotRun, Cluster, wait_until_ready
from tests.cluster.nodes import identities
from tests.cluster.nodes.control_plane import ControlPlane
from tests.cluster.nodes.identities import make_identities
from tests.cluster.nodes.kernel import settings_kept
from tests.cluster.nodes.machine import Machine
from tests.cluster.nodes.network import cables
from tests.cluster.nodes.node import Node
from tests.cluster.nodes.topology import CONTROL, NODES
from tests.servers.certificates import Authority

NEEDED = ("containerd", "ctr", "runc", "ip", "iptables", "ipset", "conntrack", "nsenter", "openssl")
PACKAGES = "containerd runc containernetworking-plugins iptables ipset conntrack iproute2"
ADDONS = sorted(Path(__file__).with_name("addons").glob("*.yaml"))
READY_SECONDS = 180
CERTIFICATE_HOURS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeCluster(Cluster):
    """A running cluster with nodes; `folder` has the logs of all that it consists of."""

    folder: Path
    control: Machine
    nodes: tuple[Node, ...]

    def told(self, *words: str | Path, given: str = "", seconds: float = CALL_SECONDS) -> str:
        """Run kubectl, which must succeed, and return what it prints."""
        done = self.kubectl(*words, given=given, seconds=seconds)
        assert done.returncode == 0, f"kubectl {' '.join(map(str, words))}: {done.stderr}"
        return done.stdout

    def wait(self, condition: str, *what: str, seconds: int = READY_SECONDS) -> None:
        """Wait until a condition holds for all that `what` names."""
        words = ("wait", f"--for={condition}", f"--timeout={seconds}s", *what)
        self.told(*words, seconds=seconds + CALL_SECONDS)


def require_a_machine() -> None:
    """Raise CannotRun where nodes cannot be made."""
    if os.geteuid() != 0:
        raise CannotRun("nodes need root")
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        raise CannotRun(f"{', '.join(missing)} not found; apt-get install {PACKAGES}")


@contextmanager
def running_nodes(programs: Path, images: Sequence[Path]) -> Iterator[NodeCluster]:
    """Run a cluster with nodes for the length of the block; nothing of it stays."""
    with ExitStack() as made:
        lock = made.enter_context(Path(tempfile.gettempdir(), "snapasset-nodes.lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = Path(tempfile.mkdtemp(prefix="nodes-"))
        made.callback(shutil.rmtree, folder, ignore_errors=True)
        made.enter_context(settings_kept())
        made.enter_context(cables())
        cluster = _switch_on(made, folder, programs)
        _join(made, cluster.nodes, images)
        names = [node.plan.name for node in cluster.nodes]
        for name in names:  # kubectl does not wait for several that are not there yet
            cluster.wait("create", f"node/{name}")
        cluster.wait("condition=Ready", *(f"node/{name}" for name in names))
        for addon in ADDONS:
            cluster.told("apply", "-f", addon)
        cluster.wait("condition=Available", "-n", "kube-system", "deployment", "--all")
        yield cluster


def _join(made: ExitStack, nodes: Sequence[Node], images: Sequence[Path]) -> None:
    """Start the nodes side by side: unpacking the images is what takes long."""
    for node in nodes:
        made.callback(node.machine.power_off)
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: node.start(images), nodes))


def _switch_on(made: ExitStack, folder: Path, programs: Path) -> NodeCluster:
    logs = folder / "logs"
    logs.mkdir()
    authority = Authority(folder / "authority", hours=CERTIFICATE_HOURS)
    users = make_identities(folder, authority.file)
    control = Machine(CONTROL, logs)
    made.callback(control.power_off)
    control.power_on()
    ControlPlane(programs=programs, folder=folder, authority=authority, users=users).start(control)
    nodes = tuple(
        Node(
            plan=plan,
            machine=Machine(plan.name, logs),
            programs=programs,
            folder=folder / plan.name,
            users=users,
        )
        for plan in NODES
    )
    cluster = NodeCluster(
        kubeconfig=users.kubeconfig(identities.ADMINISTRATOR),
        folder=folder,
        control=control,
        nodes=nodes,
    )
    wait_until_ready(cluster, folder)
    return cluster
