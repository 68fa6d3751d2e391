"""Runs LiteLLM's proxy, which we did not write, between us and an image API."""

import http.client
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.environment import without_proxies
from deploy.local.settings import ROOT
from deploy.tether import tethered

TRIES = 3
"""How often it asks the model's server itself when that fails: nothing turns it off."""

PROGRAM = ROOT / ".venv" / "litellm" / "bin" / "litellm"
"""Installed by `make test-litellm` and `make test`."""

_START_SECONDS = 180
"""It takes 10 s on an idle machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LiteLLM:
    """A running proxy: what OPENAI_BASE_URL and OPENAI_API_KEY are with it."""

    base_url: str
    key: str = "sk-of-the-tests"


@contextmanager
def running_litellm(folder: Path, upstream: str, models: Sequence[str]) -> Iterator[LiteLLM]:
    """Run the proxy for the length of the block; it passes `models` on to `upstream`.

    What it logs, and all that it is told, is in `folder`.
    """
    with _held_port() as port, _proxy_on(port, folder, upstream, models) as proxy:
        yield proxy


@contextmanager
def _held_port() -> Iterator[int]:
    """Give a free port that nobody is given meanwhile: the proxy takes many seconds to bind it.

    Linux lets a second socket bind an address that is reused by both, as long as the first one does
    not listen.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextmanager
def _proxy_on(port: int, folder: Path, upstream: str, models: Sequence[str]) -> Iterator[LiteLLM]:
    proxy = LiteLLM(base_url=f"http://127.0.0.1:{port}/v1")
    config, log_file = folder / "litellm.json", folder / "litellm.log"
    config.write_text(json.dumps(_config(proxy, upstream, models)))
    listening = ["--host", "127.0.0.1", "--port", str(port)]
    command = tethered(str(PROGRAM), "--config", str(config), *listening)
    with (
        log_file.open("w") as log,
        subprocess.Popen(command, cwd=folder, env=_environ(), stdout=log, stderr=log) as process,
    ):
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}/health/readiness", log_file)
            yield proxy
        finally:
            process.kill()


def _config(proxy: LiteLLM, upstream: str, models: Sequence[str]) -> dict[str, object]:
    """Return LiteLLM's configuration, with every repetition off that can be turned off."""
    return {
        "model_list": [
            {
                "model_name": name,
                "litellm_params": {
                    "model": f"openai/{name}",
                    "api_base": upstream,
                    "api_key": "none",
                    "max_retries": 0,
                },
            }
            for name in models
        ],
        "litellm_settings": {"num_retries": 0, "telemetry": False},
        # A fault of one job would keep others from the model for some seconds.
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        "general_settings": {"master_key": proxy.key},
    }


def _environ() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks a server far away for it
        **without_proxies(os.environ),
    }


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"LiteLLM's proxy did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - of a server of ours
            return True
    except (OSError, http.client.HTTPException):
        return False
