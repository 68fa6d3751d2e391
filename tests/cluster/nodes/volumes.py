"""Volumes for what keeps data: folders of this machine, which every node has like a shared disk."""

import json
import os
from pathlib import Path

from tests.cluster.nodes.cluster import NodeCluster

OWNERS = {"data-redis-0": 999, "data-object-store-0": 10001}
"""The claims of the components `redis` and `object-store`, and the user whose pod writes there."""


def give_volumes(cluster: NodeCluster, namespace: str) -> None:
    """Make a volume for each claim in a namespace."""
    for claim, owner in OWNERS.items():
        folder = cluster.folder / "volumes" / namespace / claim
        folder.mkdir(parents=True)
        os.chown(folder, owner, owner)
        cluster.told("apply", "-f", "-", given=json.dumps(_volume(namespace, claim, folder)))


def _volume(namespace: str, claim: str, folder: Path) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-{claim}"},
        "spec": {
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"namespace": namespace, "name": claim},
            "hostPath": {"path": str(folder)},
        },
    }
