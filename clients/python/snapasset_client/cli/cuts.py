"""The command that cuts a bought image again."""

import argparse

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import renditions_pb2 as ren

from ..client import SnapAsset
from .jobs import follow_new
from .lists import owner
from .screen import Screen

_WORDS = ("format", "fit", "background", "label")
"""The options that are one word."""


async def cut(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Create a job that cuts again, follow it and save its images."""
    return await follow_new(client, await client.cut(cut_of(asked)), screen, asked)


def cut_of(asked: argparse.Namespace) -> ren.CreateRenditionsRequest:
    """Return what the command line describes."""
    typed = {name: getattr(asked, name) for name in _WORDS}
    options = ren.CutOptions(**{name: word for name, word in typed.items() if word})
    if asked.focal_point:
        options.focal_point.x, options.focal_point.y = asked.focal_point
    if isinstance(asked.crop, str):
        options.crop = asked.crop
    box = asked.crop if isinstance(asked.crop, pb.CropBox) else None
    orders = [ren.RenditionOrder(platform=one, crop=box) for one in asked.platform]
    for one in asked.size:
        orders.append(
            ren.RenditionOrder(name=one.name, width=one.width, height=one.height, crop=box)
        )
    return ren.CreateRenditionsRequest(
        generation_id=asked.generation_id,
        user_id=owner(asked),
        master=asked.master,
        renditions=orders,
        options=options,
    )
