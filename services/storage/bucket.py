"""Opens a bucket of an S3 server, or says what keeps it from working."""

from datetime import timedelta

import urllib3
from minio import Minio
from minio.error import S3Error
from urllib3.exceptions import HTTPError

from services.common.serve import CannotStart
from services.storage.links import PresignedLinks
from services.storage.s3 import S3ObjectStore
from services.storage.s3_errors import NOT_S3
from services.storage.s3_http import TolerantPool
from services.storage.settings import StorageSettings
from services.storage.store import StoreIsSilent

_REFUSALS = {
    "AccessDenied": "refuses S3_ACCESS_KEY and S3_SECRET_KEY, or they may not use the bucket",
    "InvalidAccessKeyId": "does not know S3_ACCESS_KEY",
    "SignatureDoesNotMatch": "knows S3_ACCESS_KEY, but with another S3_SECRET_KEY",
    "AuthorizationHeaderMalformed": "expects another S3_REGION",
    "PermanentRedirect": "has the bucket in another S3_REGION",
}


def open_bucket(settings: StorageSettings) -> S3ObjectStore:
    """Return the store in the bucket, made if it is missing. Raises CannotStart."""
    needed = {"S3_ACCESS_KEY": settings.s3_access_key, "S3_SECRET_KEY": settings.s3_secret_key}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise CannotStart(f"S3_ENDPOINT is set, so {' and '.join(missing)} must be set too")
    client = _client(settings)
    where = f"S3_ENDPOINT {settings.s3_endpoint}"
    try:
        _make_sure_of_bucket(client, settings)
    except S3Error as error:
        refusal = _REFUSALS.get(error.code or "", f"answers {error.code}")
        raise CannotStart(f"{where} {refusal} (bucket {settings.s3_bucket})") from error
    except HTTPError as error:
        raise StoreIsSilent(
            f"{where} does not answer; start the S3 server, or correct it or S3_SECURE"
        ) from error
    except NOT_S3 as error:
        raise CannotStart(f"{where} does not speak S3; correct it or S3_SECURE") from error
    except ValueError as error:  # raised by the SDK, which checks the name
        raise CannotStart(f"S3_BUCKET {settings.s3_bucket} is not a valid bucket name") from error
    return S3ObjectStore(client, settings.s3_bucket)


def presigned_links(settings: StorageSettings) -> PresignedLinks:
    """Return the signer of links to the bucket. Raises CannotStart."""
    scheme, _, host = settings.s3_public_url.rstrip("/").partition("://")
    try:
        client = Minio(
            host,
            settings.s3_access_key,
            settings.s3_secret_key,
            secure=scheme == "https",
            region=settings.s3_region,
        )
    except ValueError as error:
        raise CannotStart(
            f"S3_PUBLIC_URL {settings.s3_public_url} must be scheme://host:port"
        ) from error
    # So that every link is on the host that the pages of the gateway allow.
    client.disable_virtual_style_endpoint()  # type: ignore[no-untyped-call]
    return PresignedLinks(
        client, settings.s3_bucket, timedelta(seconds=settings.image_link_seconds)
    )


def _client(settings: StorageSettings) -> Minio:
    # The SDK's own client waits 5 minutes, tries 6 times and obeys any Retry-After.
    http = TolerantPool(
        maxsize=settings.threads,
        timeout=urllib3.Timeout(
            connect=settings.s3_timeout_seconds, read=settings.s3_timeout_seconds
        ),
        retries=urllib3.Retry(
            total=2,
            backoff_factor=0.2,
            status_forcelist=(500, 502, 503, 504),
            respect_retry_after_header=False,
        ),
    )
    try:
        return Minio(
            settings.s3_endpoint,
            settings.s3_access_key,
            settings.s3_secret_key,
            secure=settings.s3_secure,
            region=settings.s3_region,
            http_client=http,
        )
    except ValueError as error:
        raise CannotStart(f"S3_ENDPOINT {settings.s3_endpoint} is not host:port") from error


def _make_sure_of_bucket(client: Minio, settings: StorageSettings) -> None:
    if client.bucket_exists(settings.s3_bucket):
        return
    try:
        client.make_bucket(settings.s3_bucket)
    except S3Error as error:
        # Another of our processes was faster.
        if error.code != "BucketAlreadyOwnedByYou":
            raise
