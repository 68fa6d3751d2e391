"""What Envoy can be told by the environment."""

from dataclasses import dataclass
from pathlib import Path

from services.common.settings import port_number, positive, setting

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvoySettings:
    """The placeholders of envoy.yaml, by name."""

    host: str = setting("ENVOY_HOST", "address of the public listener", default="127.0.0.1")
    port: int = setting(
        "ENVOY_PORT", "port of the public listener", default=3001, check=port_number
    )
    admin_port: int = setting(
        "ENVOY_ADMIN_PORT", "port of Envoy's own pages, on 127.0.0.1 only", default=9901
    )
    gateway_host: str = setting("GATEWAY_HOST", "name of the gateway", default="127.0.0.1")
    gateway_port: int = setting("GATEWAY_PORT", "port of the gateway", default=50051)
    trusted_proxies: int = setting(
        "ENVOY_TRUSTED_PROXIES",
        "how many proxies before Envoy are ours: that much of X-Forwarded-For is believed",
        default=0,
    )
    cors_origins: str = setting(
        "CORS_ORIGINS",
        "regular expression of the web origins that may call the API; it uses no cookies",
        default=".*",
    )
    max_body_bytes: int = setting(
        "ENVOY_MAX_BODY_BYTES", "longest body of a request", default=1_048_576, check=positive
    )
    max_streams: int = setting(
        "ENVOY_MAX_STREAMS",
        "how many calls and open streams Envoy carries at once",
        default=20_000,
        check=positive,
    )
    max_connections: int = setting(
        "ENVOY_MAX_CONNECTIONS",
        "how many clients may be connected at once",
        default=25_000,
        check=positive,
    )
    unary_seconds: int = setting(
        "ENVOY_UNARY_SECONDS",
        "how long a call may take that is no stream",
        default=30,
        check=positive,
    )
    idle_seconds: int = setting(
        "ENVOY_IDLE_SECONDS",
        "how long a stream may be silent; the gateway's heartbeat comes every 15 s",
        default=60,
        check=positive,
    )
    descriptor_file: Path = setting(
        "ENVOY_DESCRIPTOR_FILE",
        "descriptor set of the contracts",
        default=HERE.parents[1] / "gen" / "snapasset.binpb",
    )
    lua_file: Path = setting("ENVOY_LUA_FILE", "the script rest.lua", default=HERE / "rest.lua")
