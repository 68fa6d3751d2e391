"""What can be typed. argparse: it comes with Python, and a tool for scripts needs no more."""

import argparse
from pathlib import Path
from typing import NoReturn

from ..version import VERSION
from .job_arguments import Command, add_history, add_jobs, add_uploads
from .order_arguments import add_batch, add_create, add_cut
from .values import count
from .webhook_arguments import add_webhook_actions

SHELLS = ("bash", "zsh", "fish")
_ENDED = ("completed", "failed", "cancelled")

_EPILOG = """\
environment: SNAPASSET_URL (http://localhost:3001), SNAPASSET_TOKEN, SNAPASSET_API_KEY,
             SNAPASSET_USER, SNAPASSET_IMAGE_ORIGINS
exit codes:  0 done, 1 refused or not reachable, 2 wrong usage, 3 the job did not complete or
             could not make everything, 130 stopped by Ctrl-C"""


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

    add_create(command)
    add_cut(command)
    add_batch(command)
    add_jobs(command)
    add_uploads(command)
    add_history(command)
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
    common.add_argument("--user", help="the owner, with an API key; a token names its own")
    common.add_argument(
        "--image-origin",
        action="append",
        metavar="ORIGIN",
        help="where a bucket is that is not at a public address, or not https; may be repeated",
    )
    common.add_argument("--json", action="store_true", help="print one JSON object per line")
    return common


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
