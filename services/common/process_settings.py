"""The settings that our processes share, of traces, logs, TLS and servers."""

from dataclasses import dataclass
from pathlib import Path

from services.common.setting_checks import not_negative, one_of, port_number, web_address
from services.common.settings import setting


@dataclass(frozen=True, kw_only=True, slots=True)
class TracingSettings:
    """Where traces are sent; the OpenTelemetry SDK reads its other variables (OTEL_...) itself."""

    otlp_endpoint: str = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "where traces are sent, such as http://host:4317; no traces unless set",
        default="",
        check=web_address,
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
        "`local` or `production`; production refuses shortcuts that suit one machine alone",
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
        "share the port with other processes of the same user that set this too, as the local "
        "stack does to hold it while a process is down",
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
