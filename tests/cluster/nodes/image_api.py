"""The image API outside of the cluster, at an address of no private network."""

import os
import sys

from deploy.local.settings import ROOT
from tests.cluster.nodes.cluster import NodeCluster
from tests.cluster.nodes.topology import OUTSIDE_ADDRESS

_PORT = 443
LEDGER_URL = f"http://{OUTSIDE_ADDRESS}:{_PORT}/standin/ledger"


def start_image_api(cluster: NodeCluster) -> None:
    """Run it on the machine of the control plane, until that is switched off."""
    environ = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SNAPASSET_ENV": "local",
        "STANDIN_HOST": OUTSIDE_ADDRESS,
        "STANDIN_PORT": str(_PORT),
        "STANDIN_DELAY_SECONDS": "2",
    }
    told = [f"{name}={value}" for name, value in environ.items()]
    command = (sys.executable, "-m", "tests.servers.image_api")
    cluster.control.start("image-api", ("env", f"--chdir={ROOT}", *told, *command))
