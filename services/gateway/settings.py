"""What the gateway's two processes can be told."""

from dataclasses import dataclass
from datetime import timedelta

from services.common.settings import (
    ProcessSettings,
    not_negative,
    one_of,
    port_number,
    positive,
    setting,
    web_address,
)
from services.gateway.access_settings import AccessSettings
from services.gateway.spend.prices import DEFAULT_PRICES, check_prices


@dataclass(frozen=True, kw_only=True)
class JobSettings:
    """What both processes must agree on."""

    redis_url: str = setting(
        "REDIS_URL", "where jobs live", default="redis://127.0.0.1:6379/0", secret=True
    )
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
class GatewaySettings(JobSettings, AccessSettings):
    """What the API process can be told."""

    port: int = setting(
        "GATEWAY_PORT", "port of the gateway's gRPC", default=50051, check=port_number
    )
    public_url: str = setting(
        "PUBLIC_URL", "address at which clients reach the API", default="http://localhost:3001"
    )
    public_image_url: str = setting(
        "PUBLIC_IMAGE_URL",
        "where clients get images, with the keys of storage as paths: a CDN or a public bucket; "
        "PUBLIC_URL and /images unless set",
        default="",
        check=web_address,
    )
    image_links: str = setting(
        "IMAGE_LINKS",
        "`public`: images have lasting addresses, open to all who know one; `presigned`: storage "
        "signs links to a private bucket, anew each time. The same for gateway and storage",
        default="public",
        check=one_of("public", "presigned"),
    )
    s3_public_url: str = setting(
        "S3_PUBLIC_URL",
        "where presigned links begin, so that browsers let the studio show them; as storage's",
        default="",
        check=web_address,
    )
    budget_usd: float = setting(
        "MONTHLY_BUDGET_USD",
        "what one owner's images may cost in a month by IMAGE_PRICES; 0: no budget",
        default=0.0,
        check=not_negative,
    )
    heartbeat_seconds: float = setting(
        "STREAM_HEARTBEAT_SECONDS",
        "pause between heartbeats of a stream",
        default=15.0,
        check=positive,
    )

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence a mistake."""
        wrong = {
            "S3_PUBLIC_URL must be set where IMAGE_LINKS is presigned": not self.s3_public_url,
            "PUBLIC_IMAGE_URL cannot be set where IMAGE_LINKS is presigned": self.public_image_url,
        }
        private = self.image_links == "presigned"
        return super().complaints() + [text for text, true in wrong.items() if private and true]

    @property
    def image_base(self) -> str:
        """What stands before the key in the address of an image, without a slash at its end."""
        if self.image_links == "presigned":
            return self.s3_public_url.rstrip("/")
        return self.public_image_url.rstrip("/") or f"{self.public_url.rstrip('/')}/images"


@dataclass(frozen=True, kw_only=True)
class WorkerSettings(JobSettings, ProcessSettings):
    """What a worker process can be told."""

    attempts: int = setting("JOB_ATTEMPTS", "how often a job is tried", default=3, check=positive)
    refusals: int = setting(
        "JOB_REFUSALS",
        "how often a service may have no room for a job before it fails; these are no attempts, "
        "and up to 30 s apart",
        default=100,
        check=positive,
    )
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
    connect_seconds: float = setting(
        "WORKER_CONNECT_SECONDS",
        "how long a job waits for a service that is being restarted",
        default=20.0,
        check=positive,
    )
    resize_concurrency: int = setting(
        "WORKER_RESIZE_CONCURRENCY",
        "jobs of one worker that have their images cut at once; others wait here",
        default=4,
        check=positive,
    )
    image_prices: tuple[str, ...] = setting(
        "IMAGE_PRICES",
        "US dollars for a million tokens in and out, by the beginning of a model's name, "
        "comma separated: gpt-image-2=5/40",
        default=DEFAULT_PRICES,
        check=check_prices,
    )
