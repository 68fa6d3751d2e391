"""The commands that list, save and delete what jobs have made."""

import argparse

from .. import forms, words
from ..client import SnapAsset
from .images import images_of, save_all
from .jobs import DONE
from .lists import first, owner, show_list, time_of
from .screen import Screen, counted, one_line


async def history(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List generations."""
    found = await first(asked.limit, client.generations(user_id=owner(asked)))
    rows = [
        (
            one.generation_id,
            counted(len(one.images), "image"),
            time_of(one.created_at),
            one_line(one.prompt),
        )
        for one in found
    ]
    show_list(screen, found, rows, words.NO_HISTORY)
    return DONE


async def download(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Save images of some jobs and generations, or of all."""
    if asked.all:
        async for one in client.generations(user_id=owner(asked)):
            name = forms.generation_id(one.generation_id)
            await save_all(client, screen, one.images, asked.output, name)
    for name in asked.ids:
        images = await images_of(client, name, owner(asked))
        await save_all(client, screen, images, asked.output, name)
    return DONE


async def delete_user_data(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Delete all of a user's data, in as many calls as it takes."""
    async for answer in client.delete_user_data(asked.user_id):
        jobs = counted(answer.deleted_jobs, "job")
        generations = counted(answer.deleted_generations, "generation")
        files = counted(answer.deleted_files, "file")
        screen.message(answer, f"Deleted {jobs}, {generations} and {files}.")
    screen.say(f"Nothing is left of {asked.user_id}.")
    return DONE
