"""What can be typed. argparse: it comes with Python, and a tool for scripts needs no more."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ..version import VERSION
from ..words import STATES
from .values import any_id, count, crop, generation_id, job_id, moment, point, seconds, size
from .webhook_arguments import add_webhook_actions

SHELLS = ("bash", "zsh", "fish")
_ENDED = ("completed", "failed", "cancelled")

_EPILOG = """\
environment: SNAPASSET_URL (http://localhost:3001), SNAPASSET_TOKEN, SNAPASSET_API_KEY,
             SNAPASSET_USER, SNAPASSET_IMAGE_ORIGINS
exit codes:  0 done, 1 refused or not reachable, 2 wrong usage, 3 the job did not complete or
             could not make everything, 130 stopped by Ctrl-C"""

Command = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command with its name and its help."""


class OneLineParser(argparse.ArgumentParser):
    """Reports errors in one line; the usage is only a `--help` away."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser; `command` names what was asked for."""
    common = _common()
    root = OneLineParser(
        prog="snapasset",
        description="One prompt in, one image per social platform out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    _add_create(command)
    _add_cut(command)
    _add_batch(command)
    _add_jobs(command)
    _add_uploads(command)
    _add_history(command)
    _add_service(command)
    return root


def _common() -> OneLineParser:
    """Return the options that may stand before or after the command."""
    # SUPPRESS keeps defaults after the command from overriding what was given before it.
    common = OneLineParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--address", help="http://host:port, or https://host for TLS; SNAPASSET_URL unless given"
    )
    common.add_argument(
        "--token", help="a JWT; better in SNAPASSET_TOKEN, which `ps` does not show"
    )
    common.add_argument("--api-key", help="an API key; better in SNAPASSET_API_KEY")
    common.add_argument("--user", help="the owner, with an API key; else the token tells")
    common.add_argument(
        "--image-origin",
        action="append",
        metavar="ORIGIN",
        help="where a private bucket is that is not public, or not https; may be repeated",
    )
    common.add_argument("--json", action="store_true", help="print one JSON object a line")
    return common


def _add_create(command: Command) -> None:
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
    create.add_argument("--quality", help="standard, hd, low, medium, high or auto")
    create.add_argument("--style", help="vivid or natural")
    create.add_argument("--crop", help="smart or center")
    create.add_argument("--model", help="an image model, as GET /api/models lists them")
    create.add_argument("--masters", help="one image for all (one), or one a shape (perAspect)")
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
        help="an image that is transparent where the first reference is to be painted anew",
    )
    _looks(create)


def _add_cut(command: Command) -> None:
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


def _add_batch(command: Command) -> None:
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


def _add_jobs(command: Command) -> None:
    watch = command("watch", "Show a job's progress until it has ended.")
    _follows(watch)
    _job(watch)
    shown = command("show", "Show all that is known of a job or a generation.")
    shown.add_argument("id", metavar="ID", type=any_id, help="a job's or a generation's id")
    listed = command("list", "List jobs, newest first.")
    listed.add_argument("--status", choices=STATES, help="only jobs in this state")
    listed.add_argument("--platform", "-p", default="", help="only jobs for it, or for that size")
    listed.add_argument(
        "--after", type=moment, metavar="TIME", help="only jobs created then or later"
    )
    listed.add_argument("--before", type=moment, metavar="TIME", help="only jobs created earlier")
    listed.add_argument("--oldest-first", action="store_true", help="begin with the oldest job")
    _limited(listed)
    retry = command("retry", "Put a job that did not make everything back into the queue.")
    retry.add_argument(
        "--buy-again", action="store_true", help="buy once more what may have been paid for"
    )
    _job(retry)
    _job(command("cancel", "Cancel a job that has not ended."))


def _add_uploads(command: Command) -> None:
    upload = command("upload", "Send images of your own, for jobs to cut; they are kept for a day.")
    upload.add_argument("files", nargs="+", metavar="FILE", type=Path)
    _limited(command("uploads", "List the images that you have sent, newest first."))
    delete = command("delete-upload", "Delete an image that you have sent.")
    delete.add_argument("upload_id", metavar="UPLOAD", help="the upload's id")


def _add_history(command: Command) -> None:
    _limited(command("history", "List what was made, newest first."))
    download = command("download", "Save the images of jobs or generations in OUTPUT/ID/.")
    download.add_argument(
        "ids", nargs="*", metavar="ID", type=any_id, help="a job's or a generation's id"
    )
    download.add_argument("--all", action="store_true", help="everything in the history")
    download.add_argument("--output", "-o", type=Path, default=Path())
    erase = command("delete-user-data", "Delete all that is kept of a user; for administrators.")
    erase.add_argument("user_id", metavar="USER", help="whose jobs, images, history and usage")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _add_service(command: Command) -> None:
    used = command("usage", "Show what was used and spent in a month.")
    used.add_argument("--month", default="", help="such as 2026-11; the present one unless given")
    queue = command("queue", "Count the jobs of the queue, or steer it as an administrator.")
    queue.add_argument(
        "action", nargs="?", choices=("stats", "pause", "resume", "clean"), default="stats"
    )
    queue.add_argument("--status", choices=_ENDED, help="clean: which jobs; completed unless given")
    queue.add_argument("--grace", type=count, metavar="MS", help="clean: ended longer ago than")
    command("stats", "Count the jobs of all owners by state: the same as queue.")
    command("platforms", "List the platforms that images are cut for.")
    verify = command("verify", "Check the content credentials of files. Needs no server.")
    verify.add_argument("files", nargs="+", metavar="FILE", type=Path, help="an image")
    verify.add_argument(
        "--trust", type=Path, metavar="PEM", help="certificates of authorities that you trust"
    )
    command("mcp", "Serve agents by the Model Context Protocol, over standard input and output.")
    add_webhook_actions(
        command("webhooks", "Make and test webhooks, and see what they were sent."), _common()
    )
    completion = command("completion", "Print what lets a shell complete these commands.")
    completion.add_argument("shell", choices=SHELLS)


def _job(command: argparse.ArgumentParser) -> None:
    command.add_argument("job_id", metavar="JOB", type=job_id, help="the job's id")


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
    command.add_argument("--label", help="ai: a small label on each image says so")
    command.add_argument(
        "--focal-point", type=point, metavar="X,Y", help="what matters most, each 0 to 1"
    )
    command.add_argument("--detach", action="store_true", help="do not wait for the images")
    _follows(command)


def _follows(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", "-o", type=Path, help="save the images in OUTPUT/JOB/")
    command.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="how long to wait; the job goes on"
    )


def _limited(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--limit", type=count, default=20, help="how many at most; 20 unless given"
    )
