"""Certificates that the tests of signing sign with, and the reader that they are checked by."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import c2pa

from deploy.local.certificate import write_certificate
from services.resizer.settings import ResizerSettings


def settings(folder: Path, now: datetime | None = None, **values: Any) -> ResizerSettings:
    """Return settings with a new certificate and its key, made at `now`, in files of `folder`."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    write_certificate(chain, key, now or datetime.now(UTC))
    return replace(ResizerSettings(certificate_file=chain, key_file=key), **values)


def manifests(data: bytes, content_type: str) -> dict[str, Any]:
    """Return what the SDK's reader finds in a file."""
    with c2pa.Reader(content_type, BytesIO(data)) as reader:
        found: dict[str, Any] = json.loads(reader.json())
    return found


def active(found: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest of the file itself."""
    manifest: dict[str, Any] = found["manifests"][found["active_manifest"]]
    return manifest


def actions(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the actions in it."""
    return [
        action
        for one in active(found)["assertions"]
        if one["label"].startswith("c2pa.actions")
        for action in one["data"]["actions"]
    ]
