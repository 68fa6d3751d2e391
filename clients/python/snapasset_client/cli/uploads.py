"""The commands that send, list and delete images of one's own."""

import argparse

from .. import words
from ..client import SnapAsset
from .jobs import DONE
from .lists import first, owner, show_list, time_of
from .screen import Screen
from .sending import send


async def upload(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Send files."""
    for file in asked.files:
        await send(client, asked, screen, file)
    return DONE


async def list_uploads(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List uploads."""
    found = await first(asked.limit, client.uploads(user_id=owner(asked)))
    rows = [
        (
            one.upload_id,
            f"{one.width} x {one.height}",
            one.content_type,
            f"{one.size:,} bytes",
            f"until {time_of(one.expires_at)}",
        )
        for one in found
    ]
    show_list(screen, found, rows, words.NO_UPLOADS)
    return DONE


async def delete_upload(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Delete an upload."""
    answer = await client.delete_upload(asked.upload_id, user_id=owner(asked))
    screen.message(answer, f"Deleted {answer.upload_id}.")
    return DONE
