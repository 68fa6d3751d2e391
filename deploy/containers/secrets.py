"""The secrets of the compose stack: one file each, made on first use and kept."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from deploy.local.certificate import kept_certificate
from deploy.local.secret import local_secret

NO_KEY = "none"


def write_secrets(folder: Path, environ: Mapping[str, str]) -> Path:
    """Create what is missing in `folder`/secrets and return that folder.

    Only users who may enter the folder can read the files; containers run as other users, and read
    just the files that they are given.
    """
    kept = folder / "secrets"
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep(kept / "s3_access_key", secrets.token_hex(10))
    _keep(kept / "s3_secret_key", secrets.token_urlsafe(30))
    _keep(kept / "redis_auth", f"requirepass {secrets.token_urlsafe(30)}")
    password = (kept / "redis_auth").read_text().removeprefix("requirepass ").strip()
    _write(kept / "redis_url", f"redis://:{password}@redis:6379/0")
    _write(kept / "jwt_secret", local_secret(folder, environ))
    certificate, its_key = kept_certificate(folder)
    _keep(kept / "c2pa_certificate", certificate.read_text())
    _keep(kept / "c2pa_key", its_key.read_text())
    _keep(kept / "openai_api_key", NO_KEY)
    if key := environ.get("OPENAI_API_KEY"):
        _write(kept / "openai_api_key", key)
    return kept


def has_key(kept: Path) -> bool:
    """Return whether there is a key for the image API."""
    return (kept / "openai_api_key").read_text().strip() != NO_KEY


def _keep(file: Path, text: str) -> None:
    if not file.exists():
        _write(file, text)


def _write(file: Path, text: str) -> None:
    file.write_text(f"{text}\n")
    file.chmod(0o644)
