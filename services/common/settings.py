"""Reads settings from the environment: the only module that touches it."""

import os
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

S = TypeVar("S")


class SettingsError(Exception):
    """At least one setting is wrong or missing; the message names all of them."""


def setting(
    env: str,
    help: str,  # noqa: A002 - the word that every option library uses
    *,
    default: Any = MISSING,
    check: "Callable[[Any], str | None] | None" = None,
    secret: bool = False,
) -> Any:
    """Declare a dataclass field that is read from the environment variable `env`.

    `help` is its line in the settings table. `check` returns what the value must be ("must be
    positive"), or None when it is fine. Without a default the variable is required. A `secret`
    may come from a file instead, named by the variable with `_FILE` added, and is shown in no
    message.
    """
    facts = {"env": env, "help": help, "check": check, "secret": secret}
    return field(default=default, metadata=facts)


def header_value(value: str) -> str | None:
    """Check for secrets that travel in a header: a pasted one may contain invisible characters."""
    fine = all("!" <= character <= "~" for character in value)
    return None if fine else "must contain visible ASCII characters only: copy it again"


def positive(value: float) -> str | None:
    """Check for settings that count or measure something."""
    return None if value > 0 else "must be positive"


def web_address(value: str) -> str | None:
    """Check for settings that are a web address, or empty."""
    fine = not value or value.startswith(("http://", "https://"))
    return None if fine else "must begin with http:// or https://"


def not_negative(value: float) -> str | None:
    """Check for settings that may be zero."""
    return None if value >= 0 else "must not be negative"


def port_number(value: int) -> str | None:
    """Check for the port of a server; 0 means a free one."""
    return None if 0 <= value < 65536 else "must be a port, 0 to 65535"


def one_of(*choices: str) -> Callable[[str], str | None]:
    """Check for settings with a fixed list of values."""
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def _receiver(value: str) -> str | None:
    fine = not value or value.startswith(("http://", "https://"))
    return None if fine else "must begin with http:// or https://"


def load(cls: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Build the settings dataclass `cls` from the environment.

    A class may have a method `complaints()` that returns what is wrong with the settings in
    combination. Raises SettingsError naming every wrong or missing variable at once.
    """
    environ = os.environ if environ is None else environ
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for item in fields(cls):  # type: ignore[arg-type]
        try:
            values[item.name] = _read(item, hints[item.name], environ)
        except ValueError as error:
            mistakes.append(str(error))
            values[item.name] = item.default
    loaded = cls(**values)
    if MISSING not in values.values():
        mistakes += getattr(loaded, "complaints", tuple)()
    if mistakes:
        raise SettingsError("; ".join(mistakes))
    return loaded


def _read(item: "Field[Any]", kind: Any, environ: Mapping[str, str]) -> Any:
    env, secret = item.metadata["env"], item.metadata["secret"]
    text = environ.get(env, "").strip()
    if secret and (file := environ.get(f"{env}_FILE", "").strip()):
        text = _read_secret(env, text, file)
    if not text:
        if item.default is MISSING:
            raise ValueError(f"{env} is missing: {item.metadata['help']}")
        return item.default
    value = _parse(env, text, kind)
    complaint = item.metadata["check"] and item.metadata["check"](value)
    if complaint:
        raise ValueError(f"{env} {complaint}" if secret else f"{env} {complaint}, got {text}")
    return value


def _read_secret(env: str, text: str, file: str) -> str:
    if text:
        raise ValueError(f"{env} and {env}_FILE are both set; keep one")
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{env}_FILE cannot be read: {file}") from None


def _parse(env: str, text: str, kind: Any) -> Any:
    if get_origin(kind) in (types.UnionType, Union):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    parse, wanted = _PARSERS[kind]
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise ValueError(f'{env} must be {wanted}, got "{text}"') from None


_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    bool: (lambda text: _SWITCH[text.lower()], "true or false"),
    Path: (Path, "a path"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TracingSettings:
    """Where traces are sent; the OpenTelemetry SDK reads its other variables (OTEL_...) itself."""

    otlp_endpoint: str = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "where traces are sent, such as http://host:4317; no traces unless set",
        default="",
        check=_receiver,
    )
    otlp_protocol: str = setting(
        "OTEL_EXPORTER_OTLP_PROTOCOL", "`grpc`", default="grpc", check=one_of("grpc")
    )
    traces_exporter: str = setting(
        "OTEL_TRACES_EXPORTER",
        "`otlp`, or `none` to send no traces",
        default="otlp",
        check=one_of("otlp", "none"),
    )
    telemetry_disabled: bool = setting("OTEL_SDK_DISABLED", "no traces at all", default=False)

    @property
    def traced(self) -> bool:
        """True when traces are sent."""
        wanted = self.traces_exporter == "otlp" and not self.telemetry_disabled
        return wanted and bool(self.otlp_endpoint)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessSettings(TracingSettings):
    """The settings that all our processes share."""

    environment: str = setting(
        "SNAPASSET_ENV",
        "`local` or `production`; production refuses the shortcuts of one machine",
        default="local",
        check=one_of("local", "production"),
    )
    log_level: str = setting(
        "LOG_LEVEL",
        "lowest level that is logged",
        default="INFO",
        check=one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    log_format: str = setting(
        "LOG_FORMAT",
        "`json` (one JSON object per line) or `text`, for people",
        default="json",
        check=one_of("json", "text"),
    )
    metrics_port: int = setting(
        "METRICS_PORT",
        "port on which this process serves its Prometheus metrics; 0: none",
        default=0,
        check=port_number,
    )
    tls_cert_file: Path | None = setting(
        "TLS_CERT_FILE", "PEM certificate of this process; turns TLS on", default=None
    )
    tls_key_file: Path | None = setting("TLS_KEY_FILE", "PEM key of TLS_CERT_FILE", default=None)
    tls_ca_file: Path | None = setting(
        "TLS_CA_FILE",
        "PEM certificates of the authority that signed the other processes; asks for mutual TLS",
        default=None,
    )
    host: str = setting("BIND_HOST", "address that servers listen on", default="127.0.0.1")
    health_port: int = setting(
        "HEALTH_PORT",
        "port that answers gRPC health checks and nothing else, without TLS, for probes; 0: none",
        default=0,
        check=port_number,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerSettings(ProcessSettings):
    """The settings that all our gRPC servers share."""

    reuse_port: bool = setting(
        "REUSE_PORT",
        "share the port with other processes of the same user that ask to: with the local stack, "
        "which holds it while a process is down",
        default=False,
    )
    drain_seconds: float = setting(
        "DRAIN_SECONDS",
        "pause between reporting not ready and stopping a server: Envoy checks every second and "
        "must have noticed",
        default=2.5,
        check=not_negative,
    )
    grace_seconds: float = setting(
        "GRACE_SECONDS",
        "how long calls in flight may go on after that",
        default=20.0,
        check=not_negative,
    )
    allowed_callers: tuple[str, ...] = setting(
        "TLS_ALLOWED_CALLERS",
        "names of certificates, a DNS name or a SPIFFE id each, that may call this server, comma "
        "separated; those in `services/common/callers.py` unless set; any certificate may check "
        "its health",
        default=(),
    )
    connection_age_seconds: float = setting(
        "CONNECTION_AGE_SECONDS",
        "age at which a client is asked to reconnect, so that it learns of new replicas; calls in "
        "flight continue; 0: never",
        default=0.0,
    )

    @property
    def demands_certificates(self) -> bool:
        """True when only clients with a certificate from our authority get in: mutual TLS."""
        return None not in (self.tls_cert_file, self.tls_key_file, self.tls_ca_file)
