"""Signs the studio in by itself on the local stack, where whoever reaches the port sits at it."""

from collections.abc import Sequence

from services.gateway.access.issuing import make_token

USER = "user-123"
"""The same as that of `make token`, so that the page and the terminal see the same jobs."""


class LocalSignIn:
    """Gives tokens signed with `secret`; none with an empty one."""

    def __init__(self, secret: str, *, issuer: str, audience: str) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience

    def token(self, fetch_site: Sequence[str]) -> str:
        """Return a token, "" unless the page itself asks, by what its Sec-Fetch-Site says.

        Browsers write that header, pages cannot. Other sites get none, and neither does a name of
        theirs that leads to this machine: over plain HTTP browsers send it to this machine alone.
        """
        if not self._secret or list(fetch_site) != ["same-origin"]:
            return ""
        return make_token(self._secret, issuer=self._issuer, user_id=USER, audience=self._audience)
