"""Writes docs/configuration.md from the settings classes: `python -m deploy.settings_table`."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.envoy.limits import ClientLimits
from deploy.envoy.settings import EnvoySettings
from deploy.local.settings import (
    ApiKeySettings,
    DemoSettings,
    LocalSettings,
    RedisSettings,
    TokenSettings,
)
from deploy.local.standin.settings import StandinSettings
from deploy.site import SiteSettings
from services.common.process_settings import ProcessSettings, ServerSettings, TracingSettings
from services.gateway.access.settings import AccessSettings
from services.gateway.settings import GatewaySettings
from services.generator.providers.compatible.settings import CompatibleSettings
from services.generator.providers.fal.settings import FalSettings
from services.generator.providers.google.settings import GoogleSettings
from services.generator.providers.openai.settings import OpenAISettings
from services.generator.settings import GeneratorSettings
from services.jobs.settings import JobSettings
from services.jobs.views.settings import ViewSettings
from services.jobs.webhooks.settings import WebhookSettings
from services.leaves.settings import LeafSettings
from services.resizer.settings import ResizerSettings
from services.resizer.signing.settings import SigningSettings
from services.storage.settings import StorageSettings
from services.worker.settings import WorkerSettings

FILE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
COMPOSE = Path(__file__).with_name("compose.yaml")

_INTRODUCTION = """# Configuration

Every process reads its settings from the environment once, when it starts. If any of them is wrong,
it refuses to start, with a message that names all mistakes. This page is written by
`python -m deploy.settings_table`; a test holds it against the code.

A variable marked `_FILE` is a secret. A process can read it from a file instead, as container
engines mount secrets: `JWT_SECRET_FILE=/run/secrets/jwt_secret` in place of `JWT_SECRET`.
"""

_SECTIONS: tuple[tuple[str, type[Any]], ...] = (
    ("Every process, and Envoy", TracingSettings),
    ("Every process", ProcessSettings),
    ("Every gRPC server", ServerSettings),
    ("Gateway and worker: jobs", JobSettings),
    ("Gateway and worker: the leaves", LeafSettings),
    ("Gateway and worker: what clients see of a job", ViewSettings),
    ("Gateway and worker: webhooks", WebhookSettings),
    ("Gateway", GatewaySettings),
    ("Gateway: credentials and limits", AccessSettings),
    ("Worker", WorkerSettings),
    ("Generator", GeneratorSettings),
    ("Generator: OpenAI, and servers that speak its image API", OpenAISettings),
    ("Generator: other servers that speak it", CompatibleSettings),
    ("Generator: Google", GoogleSettings),
    ("Generator: fal", FalSettings),
    ("Resizer: content credentials", SigningSettings),
    ("Resizer", ResizerSettings),
    ("Storage", StorageSettings),
    ("Envoy: what its clients can tie down", ClientLimits),
    ("Envoy's configuration", EnvoySettings),
    ("The stand-in image API", StandinSettings),
    ("The local stack", LocalSettings),
    ("The local stack: `make token`, `make demo`", TokenSettings),
    ("The local stack: `make demo`", DemoSettings),
    ("The local stack: `make api-key`", ApiKeySettings),
    ("The local stack: Redis; `make run` sets all but the port", RedisSettings),
    ("The pages as a site: `make site`", SiteSettings),
)

_IN_CONTAINERS: Mapping[str, str] = {
    "MONITORING": "if set, Prometheus, Grafana and a receiver of traces run too",
    "ADDRESS": "address of the machine on which the public port is open",
    "GRAFANA_PORT": "port of Grafana, for this machine alone",
    "TRACES_PORT": "port of Jaeger's pages, for this machine alone",
    "IMAGES": "what the names of our images begin with",
    "TAG": "tag of our images",
    "REDIS_IMAGE": "image of Redis",
    "OBJECT_STORE_IMAGE": "image of the object store",
    "PROMETHEUS_IMAGE": "image of Prometheus",
    "GRAFANA_IMAGE": "image of Grafana",
    "TRACES_IMAGE": "image of the receiver of traces",
}
"""The variables that only compose.yaml reads; their defaults stand there."""


def page() -> str:
    """Return the whole page."""
    sections = [_section(title, _rows(cls)) for title, cls in _SECTIONS]
    sections.append(_section("In containers: `make up`", _rows_in_containers()))
    return _INTRODUCTION + "".join(sections)


def _section(title: str, rows: Iterator[str]) -> str:
    head = f"\n## {title}\n\n"
    return head + "| variable | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _rows_in_containers() -> Iterator[str]:
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE.read_text()))
    for name, meaning in _IN_CONTAINERS.items():
        yield f"| `{name}` | {_default(defaults.get(name))} | {meaning} |"


def _rows(cls: type[Any]) -> Iterator[str]:
    """Yield a row for each setting that no base class already has."""
    shared = {
        field.name
        for base in cls.__mro__[1:]
        if dataclasses.is_dataclass(base)
        for field in dataclasses.fields(base)
    }
    for field in dataclasses.fields(cls):
        if field.name not in shared:
            mark = " or `_FILE`" if field.metadata["secret"] else ""
            yield (
                f"| `{field.metadata['env']}`{mark} | {_default(field.default)} "
                f"| {field.metadata['help']} |"
            )


def _default(value: object) -> str:
    if value is dataclasses.MISSING:
        return "required"
    if value in (None, "", ()):
        return "-"
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    if isinstance(value, Path) and value.is_relative_to(FILE.parents[1]):
        return f"`{value.relative_to(FILE.parents[1])}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    FILE.write_text(page())
