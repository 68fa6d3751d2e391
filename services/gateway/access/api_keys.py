"""API keys: random strings, each with a name and scopes, of which only the SHA-256 is kept."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.common.errors import Unauthorized
from services.gateway.access.caller import Caller, Scope
from services.gateway.access.key_limits import (
    KeyLimits,
    limits_from,
    limits_from_text,
    limits_to_text,
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_KEY_BYTES = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """One key as it is stored. Raises ValueError when it cannot be one."""

    name: str
    sha256: str
    scopes: frozenset[Scope]
    limits: KeyLimits = field(default_factory=KeyLimits)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError('a name has 1 to 64 letters, digits or "._-"')
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.name}: sha256 must be 64 hex digits in lower case")
        if not self.scopes:
            raise ValueError(f"{self.name}: name at least one scope of {', '.join(Scope)}")

    @property
    def line(self) -> str:
        """The key as GATEWAY_API_KEYS takes it."""
        parts = [self.name, "+".join(sorted(self.scopes)), self.sha256]
        return ":".join([*parts, *filter(None, [limits_to_text(self.limits)])])


class ApiKeys:
    """Knows who presents a key."""

    def __init__(self, known: Iterable[ApiKey]) -> None:
        self._known = tuple(known)

    def verify(self, presented: str) -> Caller:
        """Return the caller of a key. Raises Unauthorized."""
        digest = _digest(presented[:_MAX_KEY_BYTES])
        # Every key is compared, so that the time taken reveals nothing about any of them.
        found = [one for one in self._known if hmac.compare_digest(one.sha256, digest)]
        if not found or len(presented) > _MAX_KEY_BYTES:
            raise Unauthorized("The API key is not valid.")
        return Caller(key=found[0].name, scopes=found[0].scopes, limits=found[0].limits)


def new_key(
    name: str, scopes: Iterable[str], limits: KeyLimits | None = None
) -> tuple[str, ApiKey]:
    """Make a key: what its user gets, and what is stored. Raises ValueError."""
    secret = f"snap_{secrets.token_urlsafe(32)}"
    stored = ApiKey(
        name=name, sha256=_digest(secret), scopes=_scopes(scopes), limits=limits or KeyLimits()
    )
    return secret, stored


def from_line(line: str) -> ApiKey:
    """Return the key of one `name:scope+scope:sha256` or `...:limits`. Raises ValueError."""
    if line.count(":") not in (2, 3):
        raise ValueError("an API key is written name:scope+scope:sha256 or ...:limit=value+...")
    name, scopes, sha256, *limits = line.split(":")
    try:
        return ApiKey(
            name=name,
            sha256=sha256,
            scopes=_scopes(scopes.split("+")),
            limits=limits_from_text(limits[0]) if limits else KeyLimits(),
        )
    except ValueError as error:
        raise ValueError(_of_key(name, error)) from error


def from_file(file: Path) -> list[ApiKey]:
    """Return the keys of a JSON list of {name, sha256, scopes, limits}, whose limits may be absent.

    Raises ValueError, OSError.
    """
    try:
        return [_from_row(one) for one in json.loads(file.read_bytes())]
    except (AttributeError, TypeError, KeyError) as error:
        raise ValueError('is not a list of {"name", "sha256", "scopes"}') from error


def _from_row(row: Mapping[str, Any]) -> ApiKey:
    try:
        return ApiKey(
            name=row["name"],
            sha256=row["sha256"],
            scopes=_scopes(row["scopes"]),
            limits=limits_from(row.get("limits") or {}),
        )
    except ValueError as error:
        raise ValueError(_of_key(row["name"], error)) from error


def _of_key(name: str, error: ValueError) -> str:
    """Return what is wrong, with the name of the key."""
    text = str(error)
    return text if text.startswith(f"{name}: ") else f"{name}: {text}"


def distinct(known: Iterable[ApiKey]) -> list[ApiKey]:
    """Return the keys as given. Raises ValueError when two share a name: they count as one."""
    found = list(known)
    if len({one.name for one in found}) < len(found):
        raise ValueError("two API keys have the same name")
    return found


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    return frozenset(map(Scope, names))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
