"""Content credentials as the SDK's own reader finds them."""

import json
from io import BytesIO
from typing import Any

import c2pa


def manifests(data: bytes, content_type: str) -> dict[str, Any]:
    """Return everything that the reader finds in a file. Raises C2paError for an unsigned one."""
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
