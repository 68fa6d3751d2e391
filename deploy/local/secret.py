"""The secret of the local stack."""

import secrets
from collections.abc import Mapping
from pathlib import Path

ISSUER = "snapasset-local"


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
