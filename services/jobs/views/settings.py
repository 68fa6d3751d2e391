"""The settings that decide what clients see of a job: where its images are, what platforms are
called."""

from dataclasses import dataclass
from pathlib import Path

from services.common.setting_checks import one_of, web_address
from services.common.settings import setting


@dataclass(frozen=True, kw_only=True)
class ViewSettings:
    """What gateway and worker must agree on, so that both show a job alike."""

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
        "storage signs links to a private bucket, valid for a while. Must be the same for gateway, "
        "worker and storage",
        default="public",
        check=one_of("public", "presigned"),
    )
    s3_public_url: str = setting(
        "S3_PUBLIC_URL",
        "what presigned links begin with, so that browsers let the studio show the images; same "
        "as storage's",
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

    @property
    def private(self) -> bool:
        """True when storage signs links to a private bucket."""
        return self.image_links == "presigned"

    @property
    def image_base(self) -> str:
        """What stands before the key in the address of an image, without a slash at its end."""
        if self.private:
            return self.s3_public_url.rstrip("/")
        return self.public_image_url.rstrip("/") or f"{self.public_url.rstrip('/')}/images"

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence a mistake."""
        wrong = {
            "S3_PUBLIC_URL must be set where IMAGE_LINKS is presigned": self.private
            and not self.s3_public_url,
            "PUBLIC_IMAGE_URL cannot be set where IMAGE_LINKS is presigned": self.private
            and self.public_image_url,
            "PLATFORMS_INSTEAD needs a PLATFORMS_FILE": self.platforms_instead
            and not self.platforms_file,
        }
        return [text for text, true in wrong.items() if true]
