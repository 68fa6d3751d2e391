"""The command that checks the content credentials of files; it needs no server."""

import argparse
from dataclasses import asdict
from pathlib import Path

from ..credentials import Credentials, Parent, read_credentials
from .screen import Screen, table

VALID, NOT_VALID = 0, 1

_SOURCES = {
    "trainedAlgorithmicMedia": "made by a trained model",
    "compositeWithTrainedAlgorithmicMedia": "made by a trained model, with pictures given to it",
    "": "nothing is claimed",
}


def verify(asked: argparse.Namespace, screen: Screen) -> int:
    """Show the credentials of each file. Raises SnapAssetError, OSError."""
    found = [(file, read_credentials(file, asked.trust)) for file in asked.files]
    for file, one in found:
        _show(file, one, screen)
    wanted = (one.trusted if asked.trust else one.valid for _, one in found)
    return VALID if all(wanted) else NOT_VALID


def _show(file: Path, one: Credentials, screen: Screen) -> None:
    if screen.as_json:
        screen.record({"file": str(file), **asdict(one)})
        return
    rows = [
        ("Signed by", one.signed_by),
        ("Made with", one.made_with),
        ("Origin", _SOURCES.get(one.source, one.source)),
        ("Model", one.model),
        ("Run by", one.provider),
        *(("Action", action) for action in one.actions),
        ("Parent", _parent(one.parent)),
        *(("Fault", fault) for fault in one.faults),
    ]
    screen.say(f"{file}: {_verdict(one)}")
    for line in table([(f"  {name}", text) for name, text in rows if text]):
        screen.say(line)


def _verdict(one: Credentials) -> str:
    if one.trusted:
        return "the signature is valid, and the signer is trusted"
    if one.valid:
        return "the signature is valid; who the signer is was not checked (--trust)"
    return "the signature is NOT valid: the file was changed, or is not what it says"


def _parent(parent: Parent | None) -> str:
    if parent is None:
        return ""
    words = {
        None: "without credentials of its own",
        True: f"signed by {parent.signed_by}, valid",
        False: f"signed by {parent.signed_by}, NOT valid",
    }
    return f"{parent.title}, {words[parent.valid]}"
