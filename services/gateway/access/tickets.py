"""Stream tickets: what a browser's EventSource, which cannot send headers, sends instead.

A ticket is `<expiry>.<mac>`: seconds since 1970, and the unpadded base64url of the HMAC-SHA256 over
`<job id>.<expiry>`. It opens that job's stream, and nothing else, for an hour; a stream that is
open stays open. Its key is derived from the secret, so that a ticket can never pass for a token.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence

VALID_SECONDS = 3600
_FORM = re.compile(r"(\d{1,12})\.([A-Za-z0-9_-]{43})")


class Tickets:
    """Writes tickets by the first secret, and takes those by any of them."""

    def __init__(self, secrets: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._keys = [
            hmac.digest(secret.encode(), b"snapasset stream ticket", "sha256") for secret in secrets
        ]
        self._clock = clock

    def issue(self, job_id: str) -> str:
        """Return a ticket for the stream of a job."""
        expiry = str(int(self._clock()) + VALID_SECONDS)
        return f"{expiry}.{_mac(self._keys[0], job_id, expiry)}"

    def opens(self, ticket: str, job_id: str) -> bool:
        """Return whether a ticket is ours, for this job and not expired."""
        form = _FORM.fullmatch(ticket)
        if not form or int(form[1]) < self._clock():
            return False
        macs = [_mac(key, job_id, form[1]) for key in self._keys]
        return any(hmac.compare_digest(mac, form[2]) for mac in macs)


def _mac(key: bytes, job_id: str, expiry: str) -> str:
    mac = hmac.digest(key, f"{job_id}.{expiry}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
