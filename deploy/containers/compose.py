"""The compose stack as its commands run it: the program, the variables, and the wait for health."""

import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.containers.secrets import has_key, write_secrets
from deploy.local.secret import ISSUER
from deploy.local.settings import ROOT, LocalSettings
from deploy.local.stack import health_of
from services.common.serve import CannotStart

_FILE = ROOT / "deploy" / "compose.yaml"
_STAND_IN, _MONITORING = "local", "monitoring"
"""The profiles of the stand-in, and of Prometheus, Grafana and the receiver of traces."""

READY_SECONDS = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class Compose:
    """A stack, running or not. `paints` is true if the stand-in paints because there is no key,
    `watched` if it is to be monitored."""

    program: tuple[str, ...]
    environ: Mapping[str, str]
    port: int
    paints: bool
    watched: bool

    def run(self, *words: str, profiles: Iterable[str] = ()) -> None:
        """Run one command of compose. Raises CannotStart."""
        command = [*self.program, "--file", str(_FILE), *words]
        environ = {**self.environ, "COMPOSE_PROFILES": ",".join(profiles)}
        if subprocess.run(command, env=environ, check=False).returncode:  # noqa: S603
            raise CannotStart(f"`{' '.join(words)}` of compose failed, see above")

    def up(self, *words: str) -> None:
        """Start everything, each part after those that it needs, and wait until all are healthy."""
        wanted = {_STAND_IN: self.paints, _MONITORING: self.watched}
        profiles = [name for name, is_wanted in wanted.items() if is_wanted]
        self.run("up", "--detach", "--remove-orphans", *words, profiles=profiles)
        deadline = time.monotonic() + READY_SECONDS
        while (health := health_of(self.port)) != "ok":
            if time.monotonic() > deadline:
                raise CannotStart(f"it is not healthy after {READY_SECONDS} s: {health or 'mute'}")
            time.sleep(0.5)

    def down(self, *words: str) -> None:
        """Stop everything and remove the containers; the data stays in its volumes."""
        self.run("down", "--remove-orphans", *words, profiles=(_STAND_IN, _MONITORING))


def open_compose(settings: LocalSettings, environ: Mapping[str, str]) -> Compose:
    """Prepare secrets and variables; what `environ` sets is kept. Raises CannotStart."""
    kept = write_secrets(settings.folder.resolve(), environ)
    watched = bool(environ.get("MONITORING"))
    paints = not (has_key(kept) or environ.get("OPENAI_BASE_URL"))
    ours = {
        "COMPOSE_PROJECT_NAME": "snapasset",
        "SNAPASSET_ENV": "local",
        "ENVOY_REFLECTION": "true",
        "JWT_ISSUER": ISSUER,
        "PORT": str(settings.port),
        "PUBLIC_URL": f"http://localhost:{settings.port}",
        **{name: value for name, value in environ.items() if value},
        "SECRETS": str(kept),
    }
    if watched:
        ours.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", "http://traces:4317")
    if paints:
        ours["OPENAI_BASE_URL"] = "http://image-api:4010/v1"
    return Compose(
        program=_program(), environ=ours, port=settings.port, paints=paints, watched=watched
    )


def _program() -> tuple[str, ...]:
    docker = shutil.which("docker")
    if docker and not _fails(docker, "compose", "version"):
        return (docker, "compose")
    if alone := shutil.which("docker-compose"):
        return (alone,)
    raise CannotStart("there is neither `docker compose` nor `docker-compose`")


def _fails(*command: str) -> bool:
    return bool(subprocess.run(command, capture_output=True, check=False).returncode)  # noqa: S603
