"""What the gateway's two processes can be told."""

from dataclasses import dataclass
from datetime import timedelta

from services.common.settings import ProcessSettings, ServerSettings, positive, setting


def _secret(value: str) -> str | None:
    # RFC 7518, section 3.2: a key for HS256 has at least 256 bits.
    return None if len(value.encode()) >= 32 else "must have at least 32 bytes"


@dataclass(frozen=True, kw_only=True)
class JobSettings:
    """What both processes must agree on."""

    redis_url: str = setting("REDIS_URL", "where jobs live", default="redis://127.0.0.1:6379/0")
    generator_address: str = setting(
        "GENERATOR_ADDRESS", "host:port of the generator", default="127.0.0.1:50052"
    )
    resizer_address: str = setting(
        "RESIZER_ADDRESS", "host:port of the resizer", default="127.0.0.1:50053"
    )
    storage_address: str = setting(
        "STORAGE_ADDRESS", "host:port of storage", default="127.0.0.1:50054"
    )
    retention_hours: float = setting(
        "JOB_RETENTION_HOURS", "how long an ended job is remembered", default=72.0, check=positive
    )
    lease_seconds: float = setting(
        "WORKER_LEASE_SECONDS",
        "a worker that is silent for so long loses its jobs to others",
        default=20.0,
        check=positive,
    )
    worker_slots: int = setting(
        "WORKER_SLOTS", "jobs that one worker process runs at once", default=32, check=positive
    )

    @property
    def retention(self) -> timedelta:
        """`retention_hours` as a duration."""
        return timedelta(hours=self.retention_hours)

    @property
    def lease(self) -> timedelta:
        """`lease_seconds` as a duration."""
        return timedelta(seconds=self.lease_seconds)


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(JobSettings, ServerSettings):
    """What the API process can be told."""

    port: int = setting("GATEWAY_PORT", "port of the gateway's gRPC", default=50051)
    jwt_secret: str = setting(
        "JWT_SECRET", "shared secret of HS256 tokens, at least 32 bytes", check=_secret
    )
    jwt_issuer: str = setting(
        "JWT_ISSUER", "who must have issued a token; empty: anybody with the key", default=""
    )
    jwt_audience: str = setting("JWT_AUDIENCE", "whom a token must be for", default="authenticated")
    public_url: str = setting(
        "PUBLIC_URL", "address at which clients reach the API", default="http://localhost:3001"
    )
    heartbeat_seconds: float = setting(
        "STREAM_HEARTBEAT_SECONDS",
        "pause between heartbeats of a stream",
        default=15.0,
        check=positive,
    )


@dataclass(frozen=True, kw_only=True)
class WorkerSettings(JobSettings, ProcessSettings):
    """What a worker process can be told."""

    attempts: int = setting("JOB_ATTEMPTS", "how often a job is tried", default=3, check=positive)
    backoff_seconds: float = setting(
        "RETRY_BACKOFF_SECONDS",
        "pause before the second attempt; doubles each time, with jitter",
        default=2.0,
        check=positive,
    )
    grace_seconds: float = setting(
        "WORKER_GRACE_SECONDS",
        "how long jobs may go on after SIGTERM before they are handed back",
        default=20.0,
    )
    generate_seconds: float = setting(
        "GENERATE_TIMEOUT_SECONDS", "deadline for buying an image", default=600.0, check=positive
    )
    resize_seconds: float = setting(
        "RESIZE_TIMEOUT_SECONDS",
        "deadline for cutting all renditions",
        default=120.0,
        check=positive,
    )
    storage_seconds: float = setting(
        "STORAGE_TIMEOUT_SECONDS", "deadline for one call to storage", default=60.0, check=positive
    )
