"""Finds the credentials in a call's metadata and has them verified."""

from services.common.errors import Unauthorized
from services.common.interceptors import Context
from services.gateway.access.api_keys import ApiKeys
from services.gateway.access.caller import Caller
from services.gateway.access.metadata import sent
from services.gateway.access.tokens import TokenVerifier


class Credentials:
    """Knows who is calling."""

    def __init__(self, tokens: TokenVerifier, api_keys: ApiKeys) -> None:
        self._tokens = tokens
        self._api_keys = api_keys

    async def caller(self, ctx: Context) -> Caller | None:
        """Return the caller, None when no credentials were sent. Raises Unauthorized."""
        tokens, keys = sent(ctx, "authorization"), sent(ctx, "x-api-key")
        if len(tokens) + len(keys) > 1:
            raise Unauthorized("Send one token or one API key, not several.")
        if keys:
            return self._api_keys.verify(keys[0])
        if not tokens:
            return None
        scheme, _, token = tokens[0].partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("Send your token as `Authorization: Bearer <token>`.")
        return await self._tokens.verify(token.strip())
