"""What other people's checkers say: kubernetes-validate for the schemas, checkov for good sense."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.manifests.rendered import OPTIONS, OVERLAYS, ROOT, folder_of, render

TOOLS = ROOT / ".venv" / "manifests" / "bin"
VERSIONS = ("1.35", "1.36", "1.37")
SECONDS = 300

# Kinds of others, for which Kubernetes has no schema; test_schemas.py has those of their makers.
FOREIGN = {
    "Certificate",
    "Gateway",
    "HTTPRoute",
    "Issuer",
    "PrometheusRule",
    "ScaledObject",
    "ServiceMonitor",
}

EXCEPTIONS = {
    # A limit on CPU throttles a burst though the node is idle; requests share it out fairly.
    "CKV_K8S_11": "CPU limits should be set",
    # Tags name one build and are not moved, so asking the registry at each start only adds a way
    # to fail.
    "CKV_K8S_15": "Image Pull Policy should be Always",
    # Digests are known when images are pushed: `kustomize edit set image` in your pipeline.
    "CKV_K8S_43": "Image should use digest",
    # Redis's own image has its files for user 999; the component is for dev.
    "CKV_K8S_40": "Containers should run as a high UID to avoid host conflict",
}


def tool(name: str) -> Path:
    found = TOOLS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed; `make check-manifests` does it")
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The overlays, and last the components that none of them uses."""
    folder = tmp_path_factory.mktemp("manifests")
    written = []
    for source in map(folder_of, (*OVERLAYS, OPTIONS)):
        written.append(folder / f"{source.name}.yaml")
        written[-1].write_text(render(source))
    return written


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_every_object(files: list[Path], version: str) -> None:
    done = run(tool("kubernetes-validate"), "--strict", "-k", version, *files)
    assert done.returncode == 0, done.stdout
    said = done.stdout + done.stderr
    unknown = {line.split(" kind ")[1].split()[0] for line in said.splitlines() if " kind " in line}
    assert unknown == FOREIGN


def test_checkov_finds_nothing_but_the_exceptions(files: list[Path]) -> None:
    options = ["--framework", "kubernetes", "--output", "json", "--quiet", "--compact"]
    named = [word for file in files for word in ("-f", str(file))]
    done = run(tool("checkov"), *options, "--skip-download", *named)
    report = json.loads(done.stdout)
    assert report["summary"]["passed"] > 0
    found = Counter(
        (check["check_id"], check["check_name"]) for check in report["results"]["failed_checks"]
    )
    assert set(found) == set(EXCEPTIONS.items())
