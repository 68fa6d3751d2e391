"""What runs on a node: containerd, the kubelet, and what keeps its services and policies."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cluster.nodes import identities
from tests.cluster.nodes.identities import Identities
from tests.cluster.nodes.machine import Machine
from tests.cluster.nodes.single_program import image_name
from tests.cluster.nodes.topology import DNS_SERVICE, DOMAIN, PODS, SERVICES, NodePlan

_CNI_PROGRAMS = "/usr/lib/cni"
_OPEN_FILES = 20_000
_FILE_SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One node: its plan, the machine that it is, and where its files are."""

    plan: NodePlan
    machine: Machine
    programs: Path
    folder: Path
    users: Identities

    @property
    def containerd(self) -> Path:
        """Return containerd's socket."""
        return self.folder / "containerd.sock"

    def start(self, images: Sequence[Path] = ()) -> None:
        """Switch the machine on, give it the images of some archives, and join the cluster."""
        self.machine.power_on()
        (self.folder / "cni").mkdir(parents=True, exist_ok=True)
        for name, text in self._files().items():
            (self.folder / name).write_text(text)
        self.machine.start(
            "containerd", ("containerd", "--config", self.folder / "containerd.toml")
        )
        wait_for_file(self.containerd)
        for archive in images:
            self._ctr("images", "import", archive)
        for name, command in self._commands().items():
            self.machine.keep(name, command)

    def _ctr(self, *words: str | Path) -> None:
        done = self.machine.run(
            "ctr", "--address", self.containerd, "--namespace", "k8s.io", *words
        )
        assert done.returncode == 0, done.stderr

    def _commands(self) -> dict[str, tuple[str | Path, ...]]:
        node = f"system:node:{self.plan.name}"
        return {
            "kubelet": (
                self.programs / "kubelet",
                f"--config={self.folder}/kubelet.yaml",
                f"--root-dir={self.folder}/kubelet",
                f"--kubeconfig={self.users.kubeconfig(node)}",
                f"--hostname-override={self.plan.name}",
                f"--node-ip={self.plan.address}",
                f"--node-labels=topology.kubernetes.io/zone={self.plan.zone}",
            ),
            "kube-proxy": (self.programs / "kube-proxy", f"--config={self.folder}/proxy.yaml"),
            "policies": (
                self.programs / "policies",
                f"--kubeconfig={self.users.kubeconfig(identities.POLICIES)}",
                f"--hostname-override={self.plan.name}",
                f"--service-cluster-ip-range={SERVICES}",
            ),
        }

    def _files(self) -> dict[str, str]:
        return {
            "containerd.toml": _CONTAINERD.format(folder=self.folder, pause=image_name("pause")),
            "kubelet.yaml": yaml.safe_dump(self._kubelet()),
            "proxy.yaml": yaml.safe_dump(self._proxy()),
            "resolv.conf": "",
            "cni/10-pods.conflist": json.dumps(self._pod_network()),
        }

    def _kubelet(self) -> dict[str, object]:
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": self.plan.address,
            "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
            "authorization": {"mode": "AlwaysAllow"},
            "containerRuntimeEndpoint": f"unix://{self.containerd}",
            "podLogsDir": f"{self.folder}/pod-logs",
            "volumePluginDir": f"{self.folder}/volume-plugins",
            "clusterDNS": [DNS_SERVICE],
            "clusterDomain": DOMAIN,
            "resolvConf": f"{self.folder}/resolv.conf",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{self.plan.name}",
            # All that follows is for a machine that is no machine: it shares a disk and a kernel.
            "failSwapOn": False,
            "maxOpenFiles": _OPEN_FILES,
            "oomScoreAdj": 0,
            "imageGCHighThresholdPercent": 100,
            "evictionHard": {"memory.available": "100Mi"},
        }

    def _proxy(self) -> dict[str, object]:
        kubeconfig = self.users.kubeconfig(identities.PROXY)
        return {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "bindAddress": self.plan.address,
            "hostnameOverride": self.plan.name,
            "clientConnection": {"kubeconfig": str(kubeconfig)},
            "clusterCIDR": PODS,
            "mode": "iptables",
            "oomScoreAdj": 0,
            "conntrack": {"maxPerCore": 0, "min": 0},
        }

    def _pod_network(self) -> dict[str, object]:
        addresses = {
            "type": "host-local",
            "dataDir": f"{self.folder}/addresses",
            "ranges": [[{"subnet": self.plan.pods}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        }
        # Each pod has a cable of its own to the node, so that all that it says is forwarded, and
        # judged, even between pods of one node.
        return {
            "cniVersion": "0.4.0",
            "name": "pods",
            "plugins": [{"type": "ptp", "ipMasq": False, "ipam": addresses}],
        }


def wait_for_file(file: Path) -> None:
    """Return once a program has made this file."""
    deadline = time.monotonic() + _FILE_SECONDS
    while not file.exists():
        assert time.monotonic() < deadline, f"there is no {file}"
        time.sleep(0.05)


_CONTAINERD = f"""version = 2
root = "{{folder}}/containerd"
state = "/run/containerd"
[grpc]
  address = "{{folder}}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{{pause}}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{_CNI_PROGRAMS}"
    conf_dir = "{{folder}}/cni"
"""
