"""Sends one file and shows how far it is."""

import argparse
from pathlib import Path

from .. import forms
from ..client import SnapAsset
from .lists import owner, time_of
from .screen import Screen


async def send(client: SnapAsset, asked: argparse.Namespace, screen: Screen, file: Path) -> str:
    """Send a file and return the id of the upload."""
    sent = await client.upload(
        file,
        user_id=owner(asked),
        progress=lambda done, size: screen.sending(file.name, done, size or done),
    )
    # Checked before it is shown: people copy what is shown into a shell.
    upload_id = forms.upload_id(sent.upload_id)
    kept = f"{sent.width} x {sent.height}, kept until {time_of(sent.expires_at)}"
    screen.message(sent, f"Upload {upload_id}, {kept}")
    return upload_id
