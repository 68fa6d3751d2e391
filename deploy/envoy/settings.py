"""What the environment can tell Envoy."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from deploy.envoy.limits import ClientLimits
from services.common.setting_checks import not_negative, port_number, positive
from services.common.settings import setting

HERE = Path(__file__).resolve().parent


def _percent(value: float) -> str | None:
    return None if 0 <= value <= 100 else "must be 0 to 100"


def _host_ports(values: tuple[str, ...]) -> str | None:
    pairs = [value.rpartition(":") for value in values]
    fine = all(host and port.isdigit() and int(port) < 65536 for host, _, port in pairs)
    return None if fine else "must be rows like gateway-2:50051"


def _ip_address(value: str) -> str | None:
    try:
        ip_address(value)
    except ValueError:
        return "must be an IP address"
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvoySettings(ClientLimits):
    """The placeholders of envoy.yaml, by name."""

    host: str = setting(
        "ENVOY_HOST",
        "IP address of the public listener",
        default="127.0.0.1",
        check=_ip_address,
    )
    port: int = setting(
        "ENVOY_PORT", "port of the public listener", default=3001, check=port_number
    )
    admin_socket: Path = setting(
        "ENVOY_ADMIN_SOCKET",
        "Unix socket of Envoy's own pages, for its user alone; each Envoy needs one of its own",
        default=Path("/tmp/envoy-admin.sock"),  # noqa: S108 - a container's own
    )
    gateway_host: str = setting("GATEWAY_HOST", "name of the gateway", default="127.0.0.1")
    gateway_port: int = setting("GATEWAY_PORT", "port of the gateway", default=50051)
    more_gateways: tuple[str, ...] = setting(
        "ENVOY_MORE_GATEWAYS",
        "host:port of further gateways, comma separated; one name with many addresses needs none",
        default=(),
        check=_host_ports,
    )
    trusted_proxies: int = setting(
        "ENVOY_TRUSTED_PROXIES",
        "how many proxies in front of Envoy are ours: that many entries of X-Forwarded-For are "
        "trusted",
        default=0,
    )
    cors_origins: str = setting(
        "CORS_ORIGINS",
        "regular expression of the web origins that may call the API; it uses no cookies",
        default=".*",
    )
    reflection: bool = setting(
        "ENVOY_REFLECTION",
        "gRPC clients may read the contracts from the public port; for development",
        default=False,
    )
    unary_seconds: int = setting(
        "ENVOY_UNARY_SECONDS",
        "how long any call but a stream may take",
        default=30,
        check=positive,
    )
    idle_seconds: int = setting(
        "ENVOY_IDLE_SECONDS",
        "how long a stream may be silent; the gateway's heartbeat comes every 15 s",
        default=60,
        check=positive,
    )
    drain_seconds: int = setting(
        "ENVOY_DRAIN_SECONDS",
        "how long an Envoy that is told to stop still takes new connections; its answers ask "
        "clients to reconnect",
        default=5,
        check=not_negative,
    )
    grace_seconds: int = setting(
        "ENVOY_GRACE_SECONDS",
        "how long calls in flight may go on after that; longer than ENVOY_UNARY_SECONDS",
        default=35,
        check=not_negative,
    )
    descriptor_file: Path = setting(
        "ENVOY_DESCRIPTOR_FILE",
        "descriptor set of the contracts",
        default=HERE.parents[1] / "gen" / "envoy.binpb",
    )
    lua_file: Path = setting("ENVOY_LUA_FILE", "the script rest.lua", default=HERE / "rest.lua")
    public_cert_file: Path | None = setting(
        "ENVOY_TLS_CERT_FILE",
        "PEM certificate of the public listener; turns HTTPS on",
        default=None,
    )
    public_key_file: Path | None = setting(
        "ENVOY_TLS_KEY_FILE", "PEM key of ENVOY_TLS_CERT_FILE", default=None
    )
    tls_cert_file: Path | None = setting(
        "TLS_CERT_FILE", "PEM certificate that Envoy shows to the gateway", default=None
    )
    tls_key_file: Path | None = setting("TLS_KEY_FILE", "PEM key of TLS_CERT_FILE", default=None)
    tls_ca_file: Path | None = setting(
        "TLS_CA_FILE",
        "PEM certificates of the authority that signed the gateway's; turns TLS to it on",
        default=None,
    )
    gateway_tls_name: str = setting(
        "GATEWAY_TLS_NAME",
        "name that the gateway's certificate must have; GATEWAY_HOST unless set",
        default="",
    )
    secrets_folder: Path | None = setting(
        "ENVOY_SECRETS_DIRECTORY",
        "folder for the files by which Envoy notices renewed certificates; required with TLS",
        default=None,
    )
    metrics_port: int = setting(
        "ENVOY_METRICS_PORT",
        "port that shows Envoy's metrics at /metrics, whether it is up at /alive, and whether it "
        "takes new clients at /ready; 0: none",
        default=0,
        check=port_number,
    )
    metrics_host: str = setting(
        "ENVOY_METRICS_HOST",
        "IP address of ENVOY_METRICS_PORT",
        default="127.0.0.1",
        check=_ip_address,
    )
    trace_percent: float = setting(
        "ENVOY_TRACE_PERCENT",
        "share of requests that are traced; the services follow Envoy's choice",
        default=100.0,
        check=_percent,
    )

    def complaints(self) -> list[str]:
        """Return what is wrong with the combination of settings."""
        found = []
        for name, cert, key in (
            ("ENVOY_TLS", self.public_cert_file, self.public_key_file),
            ("TLS", self.tls_cert_file, self.tls_key_file),
        ):
            if (cert is None) != (key is None):
                found.append(f"{name}_CERT_FILE and {name}_KEY_FILE must be set together")
        if self.tls_cert_file and not self.tls_ca_file:
            found.append("TLS_CA_FILE must be set with TLS_CERT_FILE: Envoy trusts nobody else")
        if (self.public_cert_file or self.tls_ca_file) and not self.secrets_folder:
            found.append("ENVOY_SECRETS_DIRECTORY is missing: TLS needs it")
        if self.traced and not self.otlp_endpoint.startswith("http://"):
            found.append("OTEL_EXPORTER_OTLP_ENDPOINT must be http://host:port for Envoy")
        return found
