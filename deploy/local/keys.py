"""The API keys of the local stack, each made on first use and kept in its folder."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.private import private_file, private_folder
from services.gateway.access.api_keys import new_key


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalKey:
    """What a caller presents, and the same as GATEWAY_API_KEYS takes it."""

    secret: str
    line: str


def local_key(folder: Path, name: str, scopes: Iterable[str]) -> LocalKey:
    """Return the key of that name, which is made if it is missing or has other scopes.

    Raises ValueError when there can be no such key.
    """
    secret, stored = new_key(name, scopes)
    file = _keys(folder) / f"{name}.json"
    if file.exists():
        kept = _read(file)
        if kept.line.rpartition(":")[0] == stored.line.rpartition(":")[0]:
            return kept
    private_folder(file.parent)
    private_file(file, json.dumps({"secret": secret, "line": stored.line}))
    return LocalKey(secret=secret, line=stored.line)


def local_key_lines(folder: Path) -> list[str]:
    """Return all keys that were made, as GATEWAY_API_KEYS takes them."""
    return [_read(file).line for file in sorted(_keys(folder).glob("*.json"))]


def _read(file: Path) -> LocalKey:
    return LocalKey(**json.loads(file.read_text()))


def _keys(folder: Path) -> Path:
    return folder / "api-keys"
