"""Reads the content credentials (C2PA) of a file, without a server and without the network."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import SnapAssetError

NO_CREDENTIALS, UNREADABLE, MISSING_PART = "NO_CREDENTIALS", "UNREADABLE", "MISSING_PART"

_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False}
"""A file may name addresses to fetch; none of them is."""

_MOST_BYTES = 256 * 1024 * 1024
"""The SDK reads a file as a whole; no image is longer."""

_NOT_TRUSTED = "signingCredential.untrusted"

_PROVIDER = "schema.org.SoftwareApplication.provider"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What a file says of itself, and whether that holds.

    `valid`: the signature fits the file. `trusted`: an authority that you named vouches for the
    signer, too. `faults` are codes of C2PA; `parent` is the file that this one was made from.
    """

    valid: bool
    trusted: bool
    signed_by: str
    made_with: str
    source: str
    model: str
    provider: str
    actions: Sequence[str]
    parent: "Parent | None"
    faults: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parent:
    """The file that another one was made from. `valid` is None if it had no credentials."""

    title: str
    signed_by: str
    valid: bool | None


def read_credentials(file: Path, authorities: Path | None = None) -> Credentials:
    """Return the credentials in a file; `authorities` are PEM certificates to trust.

    Raises SnapAssetError for a file without any, one that cannot be read, and if c2pa-python is
    not installed; OSError.
    """
    try:
        import c2pa
    except ImportError as error:
        words = "To verify files, install c2pa-python: pip install 'snapasset-client[verify]'"
        raise SnapAssetError(words, code=MISSING_PART) from error
    if file.exists() and not file.is_dir() and not _may_be_image(file):
        most = f"{_MOST_BYTES // 2**20} MiB"
        raise SnapAssetError(
            f"{file} is not an image: not a file, or longer than {most}.", code=UNREADABLE
        )
    trust = {"trust_anchors": authorities.read_text()} if authorities else {}
    try:
        context = c2pa.Context.from_dict({"verify": _OFFLINE, "trust": trust})
        with file.open("rb") as stream:
            reader = c2pa.Reader.try_create(None, stream, None, context)
            found = json.loads(reader.json()) if reader else None
    except (c2pa.C2paError, UnicodeDecodeError) as error:
        words = f"{file}: its content credentials cannot be read, or its kind is not known"
        raise SnapAssetError(words, code=UNREADABLE) from error
    if found is None:
        raise SnapAssetError(f"{file} has no content credentials.", code=NO_CREDENTIALS)
    return _credentials(found)


def _may_be_image(file: Path) -> bool:
    return file.is_file() and file.stat().st_size <= _MOST_BYTES


def _credentials(found: Mapping[str, Any]) -> Credentials:
    state = found.get("validation_state")
    manifest = found["manifests"][found["active_manifest"]]
    actions = [*_actions(manifest)]
    first = actions[0] if actions else {}
    return Credentials(
        valid=state in ("Valid", "Trusted"),
        trusted=state == "Trusted",
        signed_by=_signer(manifest),
        made_with=" ".join(
            str(one.get(part, ""))
            for one in manifest.get("claim_generator_info", ())[:1]
            for part in ("name", "version")
        ),
        source=str(first.get("digitalSourceType", "")).rpartition("/")[2],
        model=_agent(first, "name"),
        provider=_agent(first, _PROVIDER),
        actions=[*map(_told, actions)],
        parent=_parent(found, manifest),
        faults=[
            one["code"] for one in found.get("validation_status", ()) if one["code"] != _NOT_TRUSTED
        ],
    )


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in manifest.get("assertions", ()):
        if str(one.get("label", "")).startswith("c2pa.actions"):
            yield from one["data"].get("actions", ())


def _told(action: Mapping[str, Any]) -> str:
    """Return an action with its numbers: "resized (height 720, width 1080)"."""
    numbers = {
        name: value
        for name, value in action.get("parameters", {}).items()
        if isinstance(value, str | int | float)
    }
    told = ", ".join(f"{name} {value}" for name, value in sorted(numbers.items()))
    name = str(action.get("action", "")).removeprefix("c2pa.")
    return f"{name} ({told})" if told else name


def _signer(manifest: Mapping[str, Any]) -> str:
    signature = manifest.get("signature_info") or {}
    return str(signature.get("issuer") or signature.get("common_name") or "")


def _agent(action: Mapping[str, Any], field: str) -> str:
    """Return a field of who did something; older manifests have nothing but a name."""
    agent = action.get("softwareAgent", "")
    found = agent if isinstance(agent, Mapping) else {"name": agent}
    return str(found.get(field, ""))


def _parent(found: Mapping[str, Any], manifest: Mapping[str, Any]) -> Parent | None:
    for one in manifest.get("ingredients", ()):
        if one.get("relationship") == "parentOf":
            own = found["manifests"].get(one.get("active_manifest"))
            results = one.get("validation_results", {}).get("activeManifest", {})
            faults = {fault["code"] for fault in results.get("failure", ())} - {_NOT_TRUSTED}
            return Parent(
                title=str(one.get("title", "")),
                signed_by=_signer(own) if own else "",
                valid=not faults if own else None,
            )
    return None
