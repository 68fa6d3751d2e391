"""The HTTP client of S3, for servers whose spelling of a header the SDK can't read."""

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import urllib3

_DATE = "last-modified"


class TolerantPool(urllib3.PoolManager):
    """Rewrites `Last-Modified` for the SDK, and drops it where it is not a date.

    The SDK raises a ValueError for a date that does not end in GMT, although we never
    use it: an object's metadata holds our own time.
    """

    def urlopen(self, *args: Any, **kwargs: Any) -> urllib3.BaseHTTPResponse:
        """See urllib3.PoolManager."""
        response = super().urlopen(*args, **kwargs)
        if told := response.headers.get(_DATE):
            del response.headers[_DATE]
            if spelled := _in_gmt(told):
                response.headers[_DATE] = spelled
        return response


def _in_gmt(told: str) -> str | None:
    try:
        when = parsedate_to_datetime(told)
        return format_datetime(when.astimezone(UTC), usegmt=True) if when.tzinfo else None
    except ValueError:
        return None
