"""Signs the site's pages in on the local stack, whose port only this machine can reach."""

import re
from collections.abc import Sequence

from services.gateway.access.issuing import make_token

_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)

USER = "user-123"
"""The same user as in `make token`, so that the page and the terminal see the same jobs."""


class LocalSignIn:
    """Issues tokens signed with `secret`, and none if that is empty."""

    def __init__(self, secret: str, *, issuer: str, audience: str) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience

    def token(self, fetch_site: Sequence[str], host: Sequence[str]) -> str:
        """Return a token, "" unless the page itself asks, by its Sec-Fetch-Site and its Host.

        Browsers set both headers, and pages cannot. Other sites get no token, even through a host
        name of theirs that resolves to this machine.
        """
        if not self._secret or list(fetch_site) != ["same-origin"] or not _is_local(host):
            return ""
        return make_token(self._secret, issuer=self._issuer, user_id=USER, audience=self._audience)


def _is_local(hosts: Sequence[str]) -> bool:
    return len(hosts) == 1 and bool(_LOCAL_HOST.fullmatch(hosts[0]))
