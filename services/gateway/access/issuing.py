"""Issues tokens that the gateway accepts, for the local stack, which has no identity provider."""

from datetime import UTC, datetime, timedelta

import jwt

AUDIENCE = "authenticated"
LIFETIME = timedelta(hours=24)


def make_token(
    secret: str, *, issuer: str, user_id: str, role: str = AUDIENCE, audience: str = AUDIENCE
) -> str:
    """Return an HS256 token; it lasts 24 hours."""
    now = datetime.now(UTC)
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": user_id,
        "role": role,
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode(claims, secret, algorithm="HS256")
