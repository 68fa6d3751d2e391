"""The kinds of others that our manifests use, as their own projects define them."""

import json
from pathlib import Path

from tests.cluster.api_server import HERE, go

DEFINITIONS = {
    "github.com/kedacore/keda/v2": ("config/crd/bases/keda.sh_scaledobjects.yaml",),
    "sigs.k8s.io/gateway-api": (
        "config/crd/standard/gateway.networking.k8s.io_gateways.yaml",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    "github.com/cert-manager/cert-manager": (
        "deploy/crds/cert-manager.io_certificates.yaml",
        "deploy/crds/cert-manager.io_issuers.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator": (
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
}


def definitions() -> list[Path]:
    """Return the files; Go fetches them and holds them to the hashes. Raises CannotRun."""
    told = go("mod", "download", "-json", *DEFINITIONS, folder=HERE / "kinds")
    decoder, rest, found = json.JSONDecoder(), told.lstrip(), []
    while rest:
        module, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        found += [Path(module["Dir"]) / name for name in DEFINITIONS[module["Path"]]]
    return found
