"""What each process of the local stack is told: its own settings, and no other's secrets."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from deploy.envoy.settings import EnvoySettings
from deploy.local.settings import RedisSettings
from deploy.local.standin.settings import StandinSettings
from services.gateway.settings import GatewaySettings
from services.generator.settings import GeneratorSettings
from services.resizer.settings import ResizerSettings
from services.storage.settings import StorageSettings
from services.worker.settings import WorkerSettings

SETTINGS: Mapping[str, type[Any]] = {
    "redis": RedisSettings,
    "storage": StorageSettings,
    "generator": GeneratorSettings,
    "resizer": ResizerSettings,
    "gateway": GatewaySettings,
    "worker": WorkerSettings,
    "envoy": EnvoySettings,
    "image-api": StandinSettings,
}
"""What each line of the Procfile reads."""

_OWN_ADDRESSES = ("localhost", "127.0.0.1", "::1")


def told(kind: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without the settings that only other processes read."""
    others = _all_names() - _names(SETTINGS[kind])
    return {name: value for name, value in environ.items() if name not in others}


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without the settings of any of them."""
    names = _all_names()
    return {name: value for name, value in environ.items() if name not in names}


def without_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what keeps calls to this machine away from the proxies of `environ`."""
    known = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    # The asterisk, for all hosts, is understood only on its own.
    hosts = "*" if known == "*" else ",".join(filter(None, [known, *_OWN_ADDRESSES]))
    return {"no_proxy": hosts, "NO_PROXY": hosts, "no_grpc_proxy": hosts}


def _all_names() -> set[str]:
    return set().union(*map(_names, SETTINGS.values()))


def _names(settings: type[Any]) -> set[str]:
    names = {one.metadata["env"] for one in fields(settings)}
    return names | {
        f"{one.metadata['env']}_FILE" for one in fields(settings) if one.metadata["secret"]
    }
