"""Who is calling: verifies the credentials of a call and says what they allow."""

from dataclasses import dataclass

import jwt

from services.common.errors import Forbidden, Unauthorized

_MAX_TOKEN_BYTES = 8 * 1024
_LEEWAY_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A verified caller. `owner` is the `sub` of its token."""

    owner: str
    admin: bool = False

    def must_be(self, user_id: str) -> None:
        """Raise Forbidden unless `user_id` is the caller's own."""
        if user_id != self.owner:
            raise Forbidden("userId must be your own id, the `sub` of your token.")

    def must_be_admin(self) -> None:
        """Raise Forbidden unless the caller is an administrator."""
        if not self.admin:
            raise Forbidden("Only an administrator may do this.")


class TokenVerifier:
    """Verifies HS256 tokens signed with the shared secret."""

    def __init__(self, *, secret: str, issuer: str, audience: str) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience

    def verify(self, authorization: str) -> Caller:
        """Return the caller that an `Authorization` header names. Raises Unauthorized."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("Send your token as `Authorization: Bearer <token>`.")
        if len(token) > _MAX_TOKEN_BYTES:
            raise Unauthorized("The token is too long.")
        try:
            claims = jwt.decode(
                token.strip(),
                self._secret,
                algorithms=["HS256"],
                audience=self._audience,
                issuer=self._issuer or None,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthorized("The token has expired. Get a new one.") from error
        except jwt.PyJWTError as error:
            raise Unauthorized("The token is not valid.") from error
        # Supabase lets users write `user_metadata`; only what the issuer sets may grant anything.
        granted = claims.get("app_metadata")
        roles = {claims.get("role"), granted.get("role") if isinstance(granted, dict) else None}
        return Caller(owner=claims["sub"], admin="admin" in roles)
