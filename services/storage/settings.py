"""The settings of storage."""

from dataclasses import dataclass
from pathlib import Path

from services.common.process_settings import ServerSettings
from services.common.setting_checks import not_negative, one_of, port_number, positive, web_address
from services.common.settings import setting


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageSettings(ServerSettings):
    """The settings of storage."""

    port: int = setting(
        "STORAGE_PORT",
        "port of storage; 0 picks a free one",
        default=50054,
        check=port_number,
    )
    directory: Path = setting(
        "STORAGE_DIRECTORY",
        "folder that holds everything unless S3_ENDPOINT is set",
        default=Path("var/storage"),
    )
    max_object_bytes: int = setting(
        "STORAGE_MAX_OBJECT_BYTES",
        "largest object; an answer of an image API that is kept because it cannot be read may take "
        "2 x GENERATOR_MAX_IMAGE_BYTES + 1 MiB",
        default=72 * 1024 * 1024,
        check=positive,
    )
    threads: int = setting(
        "STORAGE_THREADS",
        "how many calls wait for the disk or the S3 server at once",
        default=16,
        check=positive,
    )
    upload_idle_seconds: float = setting(
        "STORAGE_UPLOAD_IDLE_SECONDS",
        "how long an upload may pause before it is abandoned",
        default=60.0,
        check=positive,
    )
    retention_days: float = setting(
        "GENERATION_RETENTION_DAYS",
        "a generation is removed, images and record, once nothing has been stored for it for this "
        "long; 0: never",
        default=0.0,
        check=not_negative,
    )
    retention_pause_seconds: float = setting(
        "GENERATION_RETENTION_PAUSE_SECONDS",
        "pause between checks for such generations; each removes at most 10,000",
        default=3600.0,
        check=positive,
    )
    s3_endpoint: str = setting(
        "S3_ENDPOINT",
        "host:port of an S3 server, which then holds everything",
        default="",
        check=lambda host: "must be host or host:port, without http://" if "/" in host else None,
    )
    s3_bucket: str = setting(
        "S3_BUCKET", "bucket that nothing else uses; created if it is missing", default="snapasset"
    )
    s3_region: str = setting("S3_REGION", "region of the bucket", default="us-east-1")
    s3_access_key: str = setting(
        "S3_ACCESS_KEY", "access key of the S3 server", default="", secret=True
    )
    s3_secret_key: str = setting(
        "S3_SECRET_KEY", "secret key of the S3 server", default="", secret=True
    )
    s3_secure: bool = setting("S3_SECURE", "use TLS with the S3 server", default=True)
    image_links: str = setting(
        "IMAGE_LINKS",
        "same as the gateway's; `presigned` needs S3_ENDPOINT, and a bucket that is not public",
        default="public",
        check=one_of("public", "presigned"),
    )
    image_link_seconds: int = setting(
        "IMAGE_LINK_SECONDS",
        "how long a presigned link is valid, up to the 7 days that S3 allows",
        default=3600,
        check=lambda value: None if 1 <= value <= 604_800 else "must be 1 to 604800",
    )
    s3_public_url: str = setting(
        "S3_PUBLIC_URL",
        "address, without a path, at which clients reach the S3 server by presigned links",
        default="",
        check=web_address,
    )
    s3_timeout_seconds: float = setting(
        "S3_TIMEOUT_SECONDS",
        "how long one attempt waits for the S3 server to connect, to take a request or to answer; "
        "there are 3 attempts",
        default=20.0,
        check=positive,
    )

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence per mistake."""
        needed = {"S3_ENDPOINT": self.s3_endpoint, "S3_PUBLIC_URL": self.s3_public_url}
        if self.image_links != "presigned" or all(needed.values()):
            return []
        missing = " and ".join(name for name, value in needed.items() if not value)
        return [f"IMAGE_LINKS can be presigned only where {missing} is set"]
