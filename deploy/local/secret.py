"""The secret of the local stack."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.common.settings import load, setting

ISSUER = "snapasset-local"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    secret: str = setting(
        "JWT_SECRET", "signs the tokens of the local stack", default="", secret=True
    )


def local_secret(folder: Path, environ: Mapping[str, str]) -> str:
    """Return JWT_SECRET or what is in JWT_SECRET_FILE, else the secret kept in `folder`, which is
    made when there is none. Raises SettingsError."""
    if given := load(_Given, environ).secret:
        return given
    file = folder / "secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()
