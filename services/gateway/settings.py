"""The settings of the API process."""

from dataclasses import dataclass
from pathlib import Path

from services.common.settings import (
    not_negative,
    one_of,
    port_number,
    positive,
    setting,
    web_address,
)
from services.gateway.access.settings import AccessSettings
from services.jobs.settings import JobSettings
from services.leaves.settings import LeafSettings


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(JobSettings, LeafSettings, AccessSettings):
    """The settings of the API process."""

    port: int = setting(
        "GATEWAY_PORT", "port of the gateway's gRPC", default=50051, check=port_number
    )
    public_url: str = setting(
        "PUBLIC_URL", "address at which clients reach the API", default="http://localhost:3001"
    )
    public_image_url: str = setting(
        "PUBLIC_IMAGE_URL",
        "where clients get images, with storage keys as paths: a CDN or a public bucket; "
        "PUBLIC_URL and /images unless set",
        default="",
        check=web_address,
    )
    image_links: str = setting(
        "IMAGE_LINKS",
        "`public`: images have permanent addresses, open to anyone who knows one; `presigned`: "
        "storage signs links to a private bucket, valid for a while. Must be the same for gateway "
        "and storage",
        default="public",
        check=one_of("public", "presigned"),
    )
    s3_public_url: str = setting(
        "S3_PUBLIC_URL",
        "where presigned links begin, so that browsers let the studio show them; same as storage's",
        default="",
        check=web_address,
    )
    platforms_file: Path | None = setting(
        "PLATFORMS_FILE",
        "your own platforms, added to ours: a JSON list of rows like those in docs/platforms.md",
        default=None,
    )
    platforms_instead: bool = setting(
        "PLATFORMS_INSTEAD", "offer only those in PLATFORMS_FILE, without ours", default=False
    )
    budget_usd: float = setting(
        "MONTHLY_BUDGET_USD",
        "what one owner's images may cost per month, by IMAGE_PRICES; 0: no budget",
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
        private = self.image_links == "presigned"
        wrong = {
            "S3_PUBLIC_URL must be set where IMAGE_LINKS is presigned": private
            and not self.s3_public_url,
            "PUBLIC_IMAGE_URL cannot be set where IMAGE_LINKS is presigned": private
            and self.public_image_url,
            "PLATFORMS_INSTEAD needs a PLATFORMS_FILE": self.platforms_instead
            and not self.platforms_file,
        }
        return super().complaints() + [text for text, true in wrong.items() if true]

    @property
    def image_base(self) -> str:
        """What stands before the key in the address of an image, without a slash at its end."""
        if self.image_links == "presigned":
            return self.s3_public_url.rstrip("/")
        return self.public_image_url.rstrip("/") or f"{self.public_url.rstrip('/')}/images"
