"""Certificates that the tests of signing sign with."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.certificate import write_certificate
from services.resizer.settings import ResizerSettings


def settings(folder: Path, now: datetime | None = None, **values: Any) -> ResizerSettings:
    """Return settings with a new certificate and its key, made at `now`, in files of `folder`."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    write_certificate(chain, key, now or datetime.now(UTC))
    return replace(ResizerSettings(certificate_file=chain, key_file=key), **values)
