"""Signs the studio in by itself on the local stack, where whoever reaches the port sits at it."""

import re
from collections.abc import Sequence

from services.gateway.access.issuing import make_token

_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)

USER = "user-123"
"""The same as that of `make token`, so that the page and the terminal see the same jobs."""


class LocalSignIn:
    """Gives tokens signed with `secret`; none with an empty one."""

    def __init__(self, secret: str, *, issuer: str, audience: str) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience

    def token(self, fetch_site: Sequence[str], host: Sequence[str]) -> str:
        """Return a token, "" unless the page itself asks, by its Sec-Fetch-Site and its Host.

        Browsers write both, pages cannot. Other sites get none, and neither does a name of theirs
        that leads to this machine.
        """
        if not self._secret or list(fetch_site) != ["same-origin"] or not _is_local(host):
            return ""
        return make_token(self._secret, issuer=self._issuer, user_id=USER, audience=self._audience)


def _is_local(hosts: Sequence[str]) -> bool:
    return len(hosts) == 1 and bool(_LOCAL_HOST.fullmatch(hosts[0]))
