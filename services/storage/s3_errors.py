"""Turns an S3 server's errors, or its silence, into our errors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from services.common.errors import (
    AppError,
    ObjectNotFound,
    RangeNotSatisfiable,
    StorageFull,
    Unavailable,
)
from services.storage.disk import NO_ROOM

logger = logging.getLogger(__name__)

_MEANINGS: dict[str, tuple[type[AppError], str]] = {
    "NoSuchKey": (ObjectNotFound, "There is no object with this key."),
    "InvalidRange": (RangeNotSatisfiable, "The range begins beyond the end of the object."),
    "XMinioStorageFull": (StorageFull, NO_ROOM),
    "XMinioAdminBucketQuotaExceeded": (StorageFull, "The bucket's quota is used up."),
    "QuotaExceeded": (StorageFull, "The bucket's quota is used up."),
    "SlowDown": (Unavailable, "The object store asks for fewer requests."),
    "TooManyRequests": (Unavailable, "The object store asks for fewer requests."),
    "RequestTimeout": (Unavailable, "The object store has waited too long for our bytes."),
    "RequestTimeTooSkewed": (Unavailable, "The clocks of storage and of the object store differ."),
}
"""Passing faults are Unavailable, as is everything not named here; the caller retries."""

_NO_ROOM_STATUS = 507


NOT_S3 = (MinioException, ParseError)
"""What the SDK raises, besides S3Error, for answers that no S3 server gives."""


@contextmanager
def s3_errors() -> Iterator[None]:
    """Raise our error for one of the SDK or its HTTP client in the block."""
    try:
        yield
    except (*NOT_S3, HTTPError) as error:
        kind, message = _meaning(error)
        if issubclass(kind, Unavailable):
            logger.error("The S3 server failed: %s", error)
        raise kind(message) from error


def _meaning(error: Exception) -> tuple[type[AppError], str]:
    if not isinstance(error, S3Error):
        return Unavailable, "The object store does not answer."
    if error.response.status == _NO_ROOM_STATUS:
        return StorageFull, NO_ROOM
    return _MEANINGS.get(error.code or "", (Unavailable, "The object store does not answer."))
