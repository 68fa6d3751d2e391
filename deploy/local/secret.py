"""The secret that signs the tokens of the local stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.private import kept_secret
from services.common.settings import load, setting

ISSUER = "snapasset-local"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    secret: str = setting(
        "JWT_SECRET", "signs the tokens of the local stack", default="", secret=True
    )


def local_secret(folder: Path, environ: Mapping[str, str]) -> str:
    """Return JWT_SECRET or what is in JWT_SECRET_FILE, else the secret kept in `folder`, which is
    created if it is missing. Raises SettingsError."""
    return load(_Given, environ).secret or kept_secret(folder / "secret")
