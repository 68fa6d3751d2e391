"""The overlay `dev`, installed by typing what docs/operations.md says."""

import time
from functools import partial
from pathlib import Path

from deploy.local.settings import ROOT
from tests.cluster.nodes.cluster import NodeCluster
from tests.cluster.nodes.installed import NAMESPACE, Installed
from tests.cluster.nodes.volumes import give_volumes
from tests.e2e.reader import blocks

PAGE = ROOT / "docs" / "operations.md"
ISSUER = "snapasset-dev"
FORWARDED = "http://127.0.0.1:3001"
"""Where the page's last command makes SnapAsset answer, on the machine where it is typed."""

_SECONDS = 900
_LIMITS = ("RATE_LIMIT_REQUESTS=100000/minute", "RATE_LIMIT_JOBS=100000/minute")
_READ_LEDGER = (
    "from urllib.request import urlopen; "
    "print(urlopen('http://127.0.0.1:4010/standin/ledger', timeout=10).read().decode())"
)


def install(cluster: NodeCluster) -> Installed:
    """Type the commands of the page on the machine of the control plane, in a folder with our
    files; the last one forwards a port, and goes on doing so."""
    give_volumes(cluster, NAMESPACE)
    folder = cluster.folder / "reader"
    folder.mkdir()
    (folder / "deploy").symlink_to(ROOT / "deploy")
    script = folder / "commands"
    script.write_text(f"set -eo pipefail\ncd {folder}\n{commands()}")
    environ = (f"KUBECONFIG={cluster.kubeconfig}", f"HOME={folder}", "OPENAI_API_KEY=")
    reader = cluster.control.start("reader", ("env", *environ, "bash", script))
    deadline = time.monotonic() + _SECONDS
    while not answers(cluster):
        assert reader.poll() is None, f"a command of {PAGE.name} failed; see {cluster.folder}/logs"
        assert time.monotonic() < deadline, "the commands were typed, and nothing answers"
        time.sleep(1)
    installed = Installed(
        name="dev", cluster=cluster, issuer=ISSUER, ledger=partial(_ledger, cluster)
    )
    installed.kubectl("set", "env", "deployment/gateway", *_LIMITS)
    installed.settled()
    return installed


def _ledger(cluster: NodeCluster) -> str:
    """Read it inside the pod, since only the generator may connect to the stand-in."""
    pod = ("--namespace", NAMESPACE, "exec", "deployment/image-api", "--")
    return cluster.told(*pod, "python", "-c", _READ_LEDGER)


def answers(cluster: NodeCluster) -> bool:
    """Return whether the forwarded port says that all is well."""
    ask = ("curl", "--silent", "--fail", "--max-time", "5", f"{FORWARDED}/health")
    return cluster.control.run(*ask).returncode == 0


def commands(page: Path = PAGE) -> str:
    """Return the page's block that installs SnapAsset."""
    (block,) = (each for each in blocks(page) if "kubectl create namespace" in each.text)
    return block.text
