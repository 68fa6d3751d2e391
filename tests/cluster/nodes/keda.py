"""KEDA in the cluster: its own manifests, and its programs built without the scalers of others."""

import json
import re
import shutil
from pathlib import Path

from tests.cluster.api_server import HERE, build_in, go
from tests.cluster.nodes.cluster import NodeCluster
from tests.servers.certificates import Authority

PROGRAMS = {"keda": "./cmd/operator", "keda-adapter": "./cmd/adapter"}
"""The programs by the names that KEDA's manifests call them by."""

_FOLDER = Path(__file__).with_name("keda")
_MODULE = "github.com/kedacore/keda/v2"
_SCALERS = ("prometheus", "cpu", "memory")
_FILES = ("scaler.go", "prometheus_scaler.go", "cpu_memory_scaler.go", "azure_queue_scaler.go")
"""What the kept scalers are made of; the last one declares a constant of all."""

_CASE = re.compile(r"(?m)^(?=\t(?:case|default)\b)")
_KEPT = re.compile(r"\t(?:case \"(?:{})\"|default)".format("|".join(_SCALERS)))
_NAMESPACE = "keda"
_NAMES = ("keda-operator", "keda-metrics-apiserver")


def build_keda(cache: Path) -> None:
    """Build the programs that `cache` lacks. The scalers for other people's services would double
    the packages and are never asked for here, so they are left out. Raises CannotRun."""
    if all((cache / name).exists() for name in PROGRAMS):
        return
    source = cache / "keda-source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(_module(), source, copy_function=shutil.copyfile)
    for file in (source / "pkg" / "scalers").glob("*.go"):
        if file.name not in _FILES:
            file.unlink()
    builder = source / "pkg" / "scaling" / "scalers_builder.go"
    before, switch, cases = builder.read_text().partition("switch triggerType {\n")
    kept = "".join(case for case in _CASE.split(cases) if _KEPT.match(case))
    builder.write_text(before + switch + kept)
    build_in(source, cache, PROGRAMS, static=True)
    shutil.rmtree(source)


def install_keda(cluster: NodeCluster) -> None:
    """Apply KEDA's manifests and wait until it works."""
    folder = cluster.folder / "keda"
    shutil.copytree(_FOLDER, folder)
    shutil.copytree(_module() / "config", folder / "config", copy_function=shutil.copyfile)
    authority = Authority(folder / "authority", hours=12)
    names = [
        f"{name}.{_NAMESPACE}.svc{domain}" for name in _NAMES for domain in ("", ".cluster.local")
    ]
    pair = authority.sign(*names)
    cluster.told("create", "namespace", _NAMESPACE)
    files = {"ca.crt": authority.file, "tls.crt": pair.cert, "tls.key": pair.key}
    words = [f"--from-file={name}={file}" for name, file in files.items()]
    cluster.told("-n", _NAMESPACE, "create", "secret", "generic", "kedaorg-certs", *words)
    cluster.told("apply", "--server-side", "--force-conflicts", "-k", folder)
    cluster.wait("condition=Available", "-n", _NAMESPACE, "deployment", "--all")
    cluster.wait("condition=Available", "apiservice/v1beta1.external.metrics.k8s.io")


def _module() -> Path:
    told = go("mod", "download", "-json", _MODULE, folder=HERE / "kinds")
    return Path(json.loads(told)["Dir"])
