"""What can be typed to order images."""

import argparse
from pathlib import Path

from .job_arguments import Command, add_waiting
from .values import count, crop, generation_id, point, size


def add_create(command: Command) -> None:
    """Add the command that orders images."""
    create = command("create", "Create a job and show its progress.")
    create.add_argument(
        "--webhook-url", default="", metavar="URL", help="an address to tell how the job ends"
    )
    create.add_argument(
        "prompt",
        metavar="PROMPT",
        nargs="?",
        default="",
        help="what to paint, 10 to 4,000 characters; optional with --source",
    )
    create.add_argument(
        "--source",
        metavar="FILE|UPLOAD",
        help="an image of your own to cut instead of buying one: a file, or the id of an upload",
    )
    _targets(create)
    create.add_argument("--quality", help="standard, hd, low, medium, high, xhigh, max or auto")
    create.add_argument("--style", help="vivid or natural")
    create.add_argument("--crop", help="smart or center")
    create.add_argument("--model", help="an image model, as GET /api/models lists them")
    create.add_argument("--masters", help="one image for all (one), or one per shape (perAspect)")
    create.add_argument(
        "--variants", type=count, metavar="NUMBER", help="images to buy of the same prompt, 1 to 4"
    )
    create.add_argument("--fit", help="cover, contain on a background, or extend by the model")
    create.add_argument(
        "--background", help="with contain: blur, auto or a colour as #1a2b3c; or transparent"
    )
    create.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="FILE|UPLOAD",
        help="an image to paint from: a file, or the id of an upload; may be repeated",
    )
    create.add_argument(
        "--mask",
        default="",
        metavar="FILE|UPLOAD",
        help="an image that is transparent where the first reference is to be repainted",
    )
    _looks(create)


def add_cut(command: Command) -> None:
    """Add the command that cuts a bought image again."""
    cut = command("cut", "Cut a bought image again, which costs nothing, and show the progress.")
    cut.add_argument(
        "generation_id", metavar="GENERATION", type=generation_id, help="the generation's id"
    )
    _targets(cut)
    cut.add_argument(
        "--master", type=count, metavar="NUMBER", help="which bought image; the first unless given"
    )
    cut.add_argument(
        "--crop",
        type=crop,
        metavar="X,Y,WIDTH,HEIGHT",
        help="the part of the bought image to show, in its pixels; or smart, or center",
    )
    cut.add_argument("--fit", help="cover, or contain: all of the image on a background")
    cut.add_argument("--background", help="with contain: blur, auto or a colour as #1a2b3c")
    _looks(cut)


def add_batch(command: Command) -> None:
    """Add the command that orders a campaign."""
    batch = command("batch", "Create a job for each row of a CSV file, and go on where it stopped.")
    batch.add_argument(
        "file", metavar="FILE", type=Path, help="columns: prompt, platforms, sizes and any option"
    )
    batch.add_argument(
        "--results", type=Path, metavar="FILE", help="where the images are; FILE.results.csv"
    )
    batch.add_argument(
        "--urgency",
        choices=("normal", "batch"),
        default="normal",
        help="batch: begin only while nobody's normal job waits",
    )


def _targets(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--platform", "-p", action="append", default=[], help="a platform's id; may be repeated"
    )
    command.add_argument(
        "--size",
        action="append",
        default=[],
        type=size,
        metavar="[NAME=]WIDTHxHEIGHT",
        help="a size of your own, beside platforms or instead of them; may be repeated",
    )


def _looks(command: argparse.ArgumentParser) -> None:
    """Add how renditions are cut, and what happens to them."""
    command.add_argument("--format", help="jpeg, png, webp or avif")
    command.add_argument("--label", help="ai: put a small label on each image that says so")
    command.add_argument(
        "--focal-point", type=point, metavar="X,Y", help="what matters most, each 0 to 1"
    )
    command.add_argument("--detach", action="store_true", help="do not wait for the images")
    add_waiting(command)
