"""The gateway's settings for who may do what, and how much."""

from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from services.common.process_settings import ServerSettings
from services.common.setting_checks import positive
from services.common.settings import setting
from services.gateway.access.api_keys import ApiKey, distinct, from_file, from_line
from services.gateway.access.metadata import Network
from services.jobs.moving_window import policy_mistake

_SECRET_BYTES = 32
"""RFC 7518, section 3.2: a key for HS256 has at least 256 bits."""


def _networks(value: tuple[str, ...]) -> str | None:
    try:
        return None if [ip_network(one) for one in value] else "must name at least one"
    except ValueError:
        return "must be networks such as 10.0.0.0/8"


@dataclass(frozen=True, kw_only=True)
class AccessSettings(ServerSettings):
    """Credentials and limits."""

    jwt_secret: str = setting(
        "JWT_SECRET", "shared secret of HS256 tokens, at least 32 bytes", default="", secret=True
    )
    jwt_secret_previous: str = setting(
        "JWT_SECRET_PREVIOUS",
        "the previous secret, still accepted during a rotation",
        default="",
        secret=True,
    )
    jwks_url: str = setting(
        "JWT_JWKS_URL", "where the public keys of RS256 and ES256 tokens are", default=""
    )
    jwt_issuer: str = setting(
        "JWT_ISSUER", "issuer that a token must name; empty: any issuer with the key", default=""
    )
    jwt_audience: str = setting(
        "JWT_AUDIENCE", "audience that a token must name", default="authenticated"
    )
    api_key_lines: tuple[str, ...] = setting(
        "GATEWAY_API_KEYS",
        "API keys, comma separated: name:scope+scope:sha256, and :limit=value+... for limits of a "
        "key's own",
        default=(),
    )
    api_keys_file: Path | None = setting(
        "GATEWAY_API_KEYS_FILE",
        "more API keys: JSON list of {name, sha256, scopes, limits}",
        default=None,
    )
    ticket_secret: str = setting(
        "STREAM_TICKET_SECRET",
        "signs stream tickets, at least 32 bytes; empty: a key derived from JWT_SECRET",
        default="",
        secret=True,
    )
    ticket_switch: bool = setting(
        "STREAM_REQUIRES_TICKET",
        "streams need a ticket or credentials, not only the job's id; always so in production",
        default=False,
    )
    local_sign_in: bool = setting(
        "LOCAL_SIGN_IN",
        "the studio needs no token; only for a port that no other machine can reach, and never "
        "in production",
        default=False,
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TRUSTED_PROXIES",
        "networks of Envoy, which is trusted to report a client's address",
        default=("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        check=_networks,
    )
    rate_limit_requests: str = setting(
        "RATE_LIMIT_REQUESTS",
        "requests per caller",
        default="100/15 minutes",
        check=policy_mistake,
    )
    rate_limit_jobs: str = setting(
        "RATE_LIMIT_JOBS", "jobs created per caller", default="20/hour", check=policy_mistake
    )
    rate_limit_renditions: str = setting(
        "RATE_LIMIT_RENDITIONS",
        "jobs per caller that cut bought images again",
        default="200/hour",
        check=policy_mistake,
    )
    in_flight: int = setting(
        "JOBS_IN_FLIGHT_PER_OWNER",
        "unfinished jobs per owner",
        default=20,
        check=positive,
    )
    queue_max_waiting: int = setting(
        "QUEUE_MAX_WAITING", "waiting jobs of all owners together", default=10_000, check=positive
    )

    downloads_per_address: int = setting(
        "DOWNLOADS_PER_ADDRESS",
        "how many images and pages one address may fetch from a gateway at once",
        default=200,
        check=positive,
    )
    uploads_per_caller: int = setting(
        "UPLOADS_PER_CALLER",
        "how many files one caller may send to a gateway at once",
        default=10,
        check=positive,
    )

    @property
    def jwt_secrets(self) -> list[str]:
        """The secrets of HS256 tokens, the newer one first."""
        return [one for one in (self.jwt_secret, self.jwt_secret_previous) if one]

    @property
    def ticket_secrets(self) -> list[str]:
        """The secrets of tickets; the first one signs."""
        return [self.ticket_secret] if self.ticket_secret else self.jwt_secrets

    @property
    def stream_requires_ticket(self) -> bool:
        """The switch, as it counts here."""
        return self.ticket_switch or self.environment == "production"

    @property
    def proxy_networks(self) -> list[Network]:
        """`trusted_proxies` as networks."""
        return [ip_network(one) for one in self.trusted_proxies]

    def api_keys(self) -> list[ApiKey]:
        """Return the API keys. Raises ValueError, OSError."""
        listed = from_file(self.api_keys_file) if self.api_keys_file else []
        return distinct([*map(from_line, self.api_key_lines), *listed])

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence a mistake."""
        secrets = {
            "JWT_SECRET": self.jwt_secret,
            "JWT_SECRET_PREVIOUS": self.jwt_secret_previous,
            "STREAM_TICKET_SECRET": self.ticket_secret,
        }
        production = self.environment == "production"
        schemes = ("https://",) if production else ("https://", "http://")
        wrong = {
            **{
                f"{name} must have at least {_SECRET_BYTES} bytes": value
                and len(value.encode()) < _SECRET_BYTES
                for name, value in secrets.items()
            },
            "JWT_SECRET or JWT_JWKS_URL must be set": not (self.jwt_secret or self.jwks_url),
            f"JWT_JWKS_URL must begin with {' or '.join(schemes)}": self.jwks_url
            and not self.jwks_url.startswith(schemes),
            "STREAM_TICKET_SECRET must be set where JWT_SECRET is not": self.jwks_url
            and not self.ticket_secrets,
            "JWT_ISSUER must be set in production": production and not self.jwt_issuer,
            "LOCAL_SIGN_IN must not be set in production": production and self.local_sign_in,
            "LOCAL_SIGN_IN needs JWT_SECRET": self.local_sign_in and not self.jwt_secret,
        }
        return [complaint for complaint, true in wrong.items() if true] + self._key_complaints()

    def _key_complaints(self) -> list[str]:
        try:
            self.api_keys()
        except (ValueError, OSError) as error:
            return [f"GATEWAY_API_KEYS or GATEWAY_API_KEYS_FILE: {error}"]
        return []
