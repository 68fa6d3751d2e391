"""What can be typed to look at jobs and at what they made."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ..words import STATES
from .values import any_id, count, job_id, moment, seconds

Command = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command with its name and its help."""


def add_jobs(command: Command) -> None:
    """Add the commands on jobs."""
    watch = command("watch", "Show a job's progress until it has ended.")
    add_waiting(watch)
    _job(watch)
    shown = command("show", "Show all that is known about a job or a generation.")
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


def add_uploads(command: Command) -> None:
    """Add the commands on images of one's own."""
    upload = command("upload", "Send images of your own, for jobs to cut; they are kept for a day.")
    upload.add_argument("files", nargs="+", metavar="FILE", type=Path)
    _limited(command("uploads", "List the images that you have sent, newest first."))
    delete = command("delete-upload", "Delete an image that you have sent.")
    delete.add_argument("upload_id", metavar="UPLOAD", help="the upload's id")


def add_history(command: Command) -> None:
    """Add the commands on what was made."""
    _limited(command("history", "List what was made, newest first."))
    download = command("download", "Save the images of jobs or generations in OUTPUT/ID/.")
    download.add_argument(
        "ids", nargs="*", metavar="ID", type=any_id, help="a job's or a generation's id"
    )
    download.add_argument("--all", action="store_true", help="everything in the history")
    download.add_argument("--output", "-o", type=Path, default=Path())
    erase = command("delete-user-data", "Delete all that is kept about a user; for administrators.")
    erase.add_argument("user_id", metavar="USER", help="whose jobs, images, history and usage")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _job(command: argparse.ArgumentParser) -> None:
    command.add_argument("job_id", metavar="JOB", type=job_id, help="the job's id")


def add_waiting(command: argparse.ArgumentParser) -> None:
    """Add where the images go, and how long to wait for them."""
    command.add_argument("--output", "-o", type=Path, help="save the images in OUTPUT/JOB/")
    command.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="how long to wait; the job goes on"
    )


def _limited(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--limit", type=count, default=20, help="how many at most; 20 unless given"
    )
