"""Verifies JSON Web Tokens: HS256 by shared secrets, RS256 and ES256 by the keys of a JWKS URL."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import jwt
from cachetools import TTLCache

from services.common.errors import Unauthorized
from services.common.keys import USER_ID
from services.gateway.access.caller import Caller, Scope

MAX_TOKEN_BYTES = 8 * 1024
_MAX_KID = 200
_LEEWAY_SECONDS = 30
_REMEMBERED, _REMEMBERED_SECONDS = 10_000, 10.0
"""How many verified tokens are remembered, and for how long: no longer than it takes to notice
that a key was withdrawn."""
_HMAC, _BY_KEY = "HS256", ("RS256", "ES256")

Key = str | jwt.PyJWK


class KeySource(Protocol):
    """Finds public keys by their id."""

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key, None when there is none."""


class TokenVerifier:
    """Verifies tokens. The kind of key decides the algorithm, never the token alone."""

    def __init__(
        self, *, secrets: Sequence[str], keys: KeySource | None, issuer: str, audience: str
    ) -> None:
        self._secrets = secrets
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._good = TTLCache[bytes, tuple[Caller, float]](_REMEMBERED, _REMEMBERED_SECONDS)

    async def verify(self, token: str) -> Caller:
        """Return the user that a token names. Raises Unauthorized; Unavailable without keys."""
        if len(token) > MAX_TOKEN_BYTES:
            raise Unauthorized("The token is too long.")
        digest = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        caller, until = self._good.get(digest, (None, 0.0))
        if caller and time.time() < until:
            return caller
        claims = await self._verified(token)
        caller = _caller(claims)
        self._good[digest] = caller, int(claims["exp"]) + _LEEWAY_SECONDS
        return caller

    async def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            candidates = await self._candidates(algorithm, header.get("kid"))
            return self._claims(token, str(algorithm), candidates)
        except jwt.ExpiredSignatureError as error:
            raise Unauthorized("The token has expired. Get a new one.") from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Unauthorized("The token is not valid.") from error

    async def _candidates(self, algorithm: object, kid: object) -> Sequence[Key]:
        if algorithm == _HMAC:
            return self._secrets
        if algorithm in _BY_KEY and self._keys and isinstance(kid, str) and len(kid) <= _MAX_KID:
            key = await self._keys.find(kid)
            if key and key.algorithm_name == algorithm:
                return [key]
        return []

    def _claims(self, token: str, algorithm: str, candidates: Sequence[Key]) -> Mapping[str, Any]:
        for key in candidates:
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=[algorithm],
                    audience=self._audience,
                    issuer=self._issuer or None,
                    leeway=_LEEWAY_SECONDS,
                    options={"require": ["exp", "sub", "aud"]},
                )
            except jwt.InvalidSignatureError:
                continue  # during a rotation, the other secret may have signed it
        raise jwt.InvalidSignatureError("it is not signed by any of our keys")


def _caller(claims: Mapping[str, Any]) -> Caller:
    """Return the user that the claims name.

    Supabase lets users write `user_metadata`; only claims set by the issuer may grant anything.
    """
    if not USER_ID.fullmatch(claims["sub"]):
        raise Unauthorized("The `sub` of the token cannot be an owner's id.")
    granted = claims.get("app_metadata")
    roles = [claims.get("role"), granted.get("role") if isinstance(granted, dict) else None]
    admin = {Scope.ADMIN} if "admin" in roles else set()
    return Caller(owner=claims["sub"], scopes=frozenset({Scope.JOBS} | admin))
