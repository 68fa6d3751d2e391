"""The control plane: etcd, the API server, the controllers and the scheduler, on a machine."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.nodes import identities
from tests.cluster.nodes.identities import Identities
from tests.cluster.nodes.machine import Machine
from tests.cluster.nodes.topology import (
    API_PORT,
    API_SERVICE,
    CONTROL_ADDRESS,
    DOMAIN,
    PODS,
    SERVICES,
)
from tests.servers.certificates import Authority

_ETCD = "http://127.0.0.1:2379"
_ETCD_PEERS = "http://127.0.0.1:2380"


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPlane:
    """What the control plane's programs are started with."""

    programs: Path
    folder: Path
    authority: Authority
    users: Identities

    def start(self, machine: Machine) -> None:
        """Start all of it; the API server is ready some seconds later."""
        for name, options in self._commands().items():
            machine.start(name, (self.programs / name, *options))

    def _commands(self) -> dict[str, tuple[str, ...]]:
        key = self.folder / "service-accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc")
        addresses = (CONTROL_ADDRESS, API_SERVICE)
        server = self.authority.sign(*names, *addresses)
        proxy = self.authority.sign("front-proxy", common_name="front-proxy")
        return {
            "etcd": (
                f"--data-dir={self.folder}/etcd",
                "--unsafe-no-fsync",
                f"--listen-client-urls={_ETCD}",
                f"--advertise-client-urls={_ETCD}",
                f"--listen-peer-urls={_ETCD_PEERS}",
                f"--initial-advertise-peer-urls={_ETCD_PEERS}",
                f"--initial-cluster=default={_ETCD_PEERS}",
            ),
            "kube-apiserver": (
                f"--etcd-servers={_ETCD}",
                f"--advertise-address={CONTROL_ADDRESS}",
                f"--secure-port={API_PORT}",
                f"--tls-cert-file={server.cert}",
                f"--tls-private-key-file={server.key}",
                f"--client-ca-file={self.authority.file}",
                f"--service-account-issuer=https://kubernetes.default.svc.{DOMAIN}",
                f"--service-account-key-file={key}",
                f"--service-account-signing-key-file={key}",
                f"--token-auth-file={self.users.tokens}",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                f"--service-cluster-ip-range={SERVICES}",
                "--kubelet-preferred-address-types=InternalIP",
                # Servers behind the API server, such as metrics-server, are called at their pods.
                "--enable-aggregator-routing=true",
                f"--requestheader-client-ca-file={self.authority.file}",
                "--requestheader-allowed-names=front-proxy",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-username-headers=X-Remote-User",
                f"--proxy-client-cert-file={proxy.cert}",
                f"--proxy-client-key-file={proxy.key}",
            ),
            "kube-controller-manager": (
                f"--kubeconfig={self.users.kubeconfig(identities.CONTROLLERS)}",
                f"--service-account-private-key-file={key}",
                f"--root-ca-file={self.authority.file}",
                f"--cluster-cidr={PODS}",
                "--use-service-account-credentials",
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
            ),
            "kube-scheduler": (
                f"--kubeconfig={self.users.kubeconfig(identities.SCHEDULER)}",
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
            ),
        }
