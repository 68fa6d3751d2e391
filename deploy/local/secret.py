"""The secret of the local stack, and tokens signed with it."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

ISSUER = "snapasset-local"
AUDIENCE = "authenticated"
LIFETIME = timedelta(hours=24)


def local_secret(folder: Path, environ: Mapping[str, str]) -> str:
    """Return JWT_SECRET, else the secret kept in `folder`, which is made when there is none."""
    if given := environ.get("JWT_SECRET"):
        return given
    file = folder / "secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def make_token(secret: str, *, issuer: str, user_id: str, role: str = AUDIENCE) -> str:
    """Return an HS256 token as the gateway takes it; it lasts 24 hours."""
    now = datetime.now(UTC)
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": user_id,
        "role": role,
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode(claims, secret, algorithm="HS256")
