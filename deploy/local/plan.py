"""Decides what the one-machine stack runs, and what each of its processes is told."""

import shlex
import string
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deploy.envoy.settings import EnvoySettings
from deploy.local.certificate import kept_certificate
from deploy.local.environment import told, without_proxies
from deploy.local.keys import local_key_lines
from deploy.local.ports import LOOPBACK, USUAL, USUAL_TWIN, held_ports
from deploy.local.private import kept_secret, private_folder, socket_folder
from deploy.local.redis_server import find_redis
from deploy.local.secret import ISSUER, local_secret
from deploy.local.settings import PYTHON_PATH, ROOT, LocalSettings
from services.common.serve import CannotStart
from services.common.settings import load

_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "image-api": ("OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL"),
    "redis": ("REDIS_URL", "REDIS_URL_FILE"),
}
"""Each of these settings says that there is such a part already, so that none of ours is needed."""

_LOOPBACK_HOSTS = (LOOPBACK, "::1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A process: its command and its environment."""

    command: list[str]
    environ: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The processes by name, and everything that was decided for any of them."""

    parts: Mapping[str, Part]
    environ: Mapping[str, str]


@contextmanager
def open_plan(folder: Path, environ: Mapping[str, str], port: int) -> Iterator[Plan]:
    """Prepare `folder` and plan a stack that keeps everything in it, holding its ports for the
    duration of the block.

    What `environ` already sets is left as it is. Raises CannotStart and SettingsError.
    """
    for inner in (folder, *(folder / name for name in ("redis", "storage", "log"))):
        private_folder(inner)
    envoy = load(EnvoySettings, {**_envoy_secrets(folder), **environ})
    if envoy.public_cert_file:
        raise CannotStart("the local stack speaks plain HTTP; unset ENVOY_TLS_CERT_FILE")
    twins = _twins(environ)
    usual = {**USUAL, **{name: USUAL_TWIN + n for n, name in enumerate(twins.values())}}
    if environ.get("REDIS_PORT"):
        usual["REDIS_PORT"] = 0
    with (
        socket_folder(folder) as sockets,
        held_ports(port, environ, usual, envoy.host) as ports,
    ):
        more = [f"{LOOPBACK}:{ports[name]}" for name in twins.values()]
        everything = {
            **_defaults(folder, sockets, ports, environ),
            **{name: value for name, value in environ.items() if value},
            **ports,
            **_decided(folder, environ, envoy.host),
            "ENVOY_MORE_GATEWAYS": ",".join([*envoy.more_gateways, *more]),
        }
        everything.pop("JWT_SECRET_FILE", None)  # it has been read
        commands = read_procfile(ROOT / "Procfile", everything, _elsewhere(environ))
        parts = {name: _part(name, command, everything) for name, command in commands.items()}
        for name, setting in twins.items():
            own = {"GATEWAY_PORT": ports[setting], "GATEWAY_METRICS_PORT": "0"}
            parts[name] = _part("gateway", commands["gateway"], {**everything, **own})
        yield Plan(parts=parts, environ=everything)


def _twins(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the additional gateways, and the names of their ports."""
    gateways = load(LocalSettings, environ).gateways
    return {f"gateway-{n}": f"GATEWAY_{n}_PORT" for n in range(2, gateways + 1)}


def _part(kind: str, command: list[str], everything: Mapping[str, str]) -> Part:
    metrics = everything.get(f"{kind.upper()}_METRICS_PORT", "0")
    return Part(command=command, environ={**told(kind, everything), "METRICS_PORT": metrics})


def _elsewhere(environ: Mapping[str, str]) -> set[str]:
    """Return what need not run here because `environ` says where it is."""
    return {kind for kind, names in _ELSEWHERE.items() if any(environ.get(name) for name in names)}


def _decided(folder: Path, environ: Mapping[str, str], public_host: str) -> dict[str, str]:
    """Return the settings that hold whatever `environ` says."""
    found = {
        **without_proxies(environ),
        "PYTHONPATH": PYTHON_PATH,
        "PATH": f"{Path(sys.executable).parent}:{environ.get('PATH', '')}",
        "JWT_SECRET": local_secret(folder, environ),
        "GATEWAY_API_KEYS": ",".join([*_given_keys(environ), *local_key_lines(folder)]),
        "REUSE_PORT": "true",  # we hold it
    }
    if public_host not in _LOOPBACK_HOSTS:
        found["LOCAL_SIGN_IN"] = "false"  # other machines can reach the port
    return found


def _given_keys(environ: Mapping[str, str]) -> list[str]:
    return [line for line in environ.get("GATEWAY_API_KEYS", "").split(",") if line]


def _defaults(
    folder: Path, sockets: Path, ports: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    found = {
        "PYTHONUNBUFFERED": "1",
        "SNAPASSET_ENV": "local",
        "LOG_FORMAT": "text",
        "DRAIN_SECONDS": "0",
        "ENVOY_DRAIN_SECONDS": "0",
        "ENVOY_REFLECTION": "true",
        "ENVOY_GRACE_SECONDS": "5",
        "GRACE_SECONDS": "5",
        "WORKER_GRACE_SECONDS": "5",
        # People trying things out do so often; the limits in the guide are for the public.
        "RATE_LIMIT_REQUESTS": "10000/15 minutes",
        "RATE_LIMIT_JOBS": "1000/hour",
        "RATE_LIMIT_RENDITIONS": "10000/hour",
        "PUBLIC_URL": f"http://localhost:{ports['ENVOY_PORT']}",
        "JWT_ISSUER": ISSUER,
        "LOCAL_SIGN_IN": "true",
        "WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
        "STORAGE_DIRECTORY": str(folder / "storage"),
        "WORKER_SPOOL_DIRECTORY": str(folder / "spool"),
        "STORAGE_ADDRESS": f"{LOOPBACK}:{ports['STORAGE_PORT']}",
        "GENERATOR_ADDRESS": f"{LOOPBACK}:{ports['GENERATOR_PORT']}",
        "RESIZER_ADDRESS": f"{LOOPBACK}:{ports['RESIZER_PORT']}",
        "OPENAI_API_KEY": "none",
        "ENVOY_ADMIN_SOCKET": str(sockets / "envoy-admin.sock"),
        **_envoy_secrets(folder),
    }
    if not (environ.get("C2PA_CERTIFICATE_FILE") or environ.get("C2PA_KEY_FILE")):
        chain, key = kept_certificate(folder)
        found |= {"C2PA_CERTIFICATE_FILE": str(chain), "C2PA_KEY_FILE": str(key)}
    elsewhere = _elsewhere(environ)
    if "image-api" not in elsewhere:
        found["OPENAI_BASE_URL"] = f"http://{LOOPBACK}:{ports['STANDIN_PORT']}/v1"
    if "redis" not in elsewhere:
        found |= _redis(folder, sockets, environ)
    # No process is given both a secret and a file that holds it.
    return {name: value for name, value in found.items() if not environ.get(f"{name}_FILE")}


def _envoy_secrets(folder: Path) -> dict[str, str]:
    return {"ENVOY_SECRETS_DIRECTORY": str(folder / "secrets")}


def _redis(folder: Path, sockets: Path, environ: Mapping[str, str]) -> dict[str, str]:
    password, socket = kept_secret(folder / "redis-password"), sockets / "redis.sock"
    return {
        "REDIS_SERVER": find_redis(environ),
        "REDIS_DIRECTORY": str(folder / "redis"),
        "REDIS_SOCKET": str(socket),
        "REDIS_PASSWORD": password,
        "REDIS_URL": f"unix://:{password}@{quote(str(socket))}?db=0",
    }


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
