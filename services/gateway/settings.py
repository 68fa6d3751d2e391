"""The settings of the API process."""

from dataclasses import dataclass
from datetime import timedelta

from services.common.setting_checks import not_negative, port_number, positive
from services.common.settings import setting
from services.gateway.access.settings import AccessSettings
from services.gateway.uploads.terms import UploadTerms
from services.jobs.settings import JobSettings
from services.jobs.views.settings import ViewSettings
from services.jobs.webhooks.settings import WebhookSettings
from services.leaves.settings import LeafSettings


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(WebhookSettings, ViewSettings, JobSettings, LeafSettings, AccessSettings):
    """The settings of the API process."""

    port: int = setting(
        "GATEWAY_PORT", "port of the gateway's gRPC", default=50051, check=port_number
    )
    budget_usd: float = setting(
        "MONTHLY_BUDGET_USD",
        "what one owner's images may cost per month, by IMAGE_PRICES; 0: no budget",
        default=0.0,
        check=not_negative,
    )
    upload_max_bytes: int = setting(
        "UPLOAD_MAX_BYTES",
        "most bytes of a file that users upload; the resizer refuses a file above "
        "RESIZER_MAX_BYTES",
        default=32 * 1024 * 1024,
        check=positive,
    )
    upload_bytes_per_owner: int = setting(
        "UPLOAD_BYTES_PER_OWNER",
        "what the uploads of one owner may take together, in bytes",
        default=1024**3,
        check=positive,
    )
    upload_kept_hours: float = setting(
        "UPLOAD_KEPT_HOURS",
        "how long an upload that no job needs is kept",
        default=24.0,
        check=positive,
    )
    upload_seconds: float = setting(
        "UPLOAD_SECONDS",
        "how long an upload may take to arrive; 32 MiB at 1 Mbit/s take 270 s. "
        "ENVOY_UPLOAD_SECONDS must be longer",
        default=360.0,
        check=positive,
    )
    upload_pause_seconds: float = setting(
        "UPLOAD_PAUSE_SECONDS",
        "how long an upload may pause before it is refused",
        default=20.0,
        check=positive,
    )
    webhooks_per_owner: int = setting(
        "WEBHOOKS_PER_OWNER", "how many webhooks an owner may have", default=10, check=positive
    )
    heartbeat_seconds: float = setting(
        "STREAM_HEARTBEAT_SECONDS",
        "pause between heartbeats of a stream",
        default=15.0,
        check=positive,
    )

    waiting_callers: int = setting(
        "WAITING_CALLERS",
        "how many callers of one gateway may wait for their jobs at once by `Prefer: wait`; the "
        "others get their answer at once",
        default=1000,
        check=positive,
    )

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence a mistake."""
        return AccessSettings.complaints(self) + ViewSettings.complaints(self)
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
    def upload_terms(self) -> UploadTerms:
        """What an upload may take."""
        return UploadTerms(
            most_bytes=self.upload_max_bytes,
            bytes_per_owner=self.upload_bytes_per_owner,
            seconds=self.upload_seconds,
            pause_seconds=self.upload_pause_seconds,
            kept_for=timedelta(hours=self.upload_kept_hours),
        )

    @property
    def image_base(self) -> str:
        """What stands before the key in the address of an image, without a slash at its end."""
        if self.image_links == "presigned":
            return self.s3_public_url.rstrip("/")
        return self.public_image_url.rstrip("/") or f"{self.public_url.rstrip('/')}/images"
