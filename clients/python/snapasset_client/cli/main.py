"""Runs one command: `snapasset`, or `python -m clients.python.snapasset_client`."""

import argparse
import asyncio
import base64
import json
import os
import sys
from collections.abc import Mapping, Sequence

from ..addresses import origins_of
from ..client import SnapAsset
from ..errors import SnapAssetError
from ..printable import printable
from . import completion
from .arguments import parser
from .commands import COMMANDS
from .screen import Screen
from .verify import verify

REFUSED, STOPPED = 1, 130
_USUAL_ADDRESS = "http://localhost:3001"
_ADDRESS_VARIABLES = ("SNAPASSET_URL", "SNAPASSET_ADDRESS")
"""The second one is the older."""

_NEED_USER = ("create", "batch", "mcp")
_CUTTING = ("create", "cut")
_NEED_NO_TOKEN = ("platforms", "completion", "verify")


def main(argv: Sequence[str] | None = None) -> None:
    """Exit with the command's code."""
    try:
        code = run(read(argv, os.environ))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = _say_on_stderr("Stopped.", STOPPED)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def read(argv: Sequence[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    """Return the arguments, completed from the environment; exits with code 2 if they are wrong."""
    root = parser()
    asked = root.parse_args(argv)
    given = vars(asked)
    asked.json = given.get("json", False)
    named = filter(None, map(environ.get, _ADDRESS_VARIABLES))
    asked.address = given.get("address") or next(named, _USUAL_ADDRESS)
    asked.token = given.get("token") or environ.get("SNAPASSET_TOKEN", "")
    asked.api_key = given.get("api_key") or environ.get("SNAPASSET_API_KEY", "")
    origins = environ.get("SNAPASSET_IMAGE_ORIGINS", "").replace(",", " ").split()
    asked.image_origin = given.get("image_origin") or origins
    asked.user = given.get("user") or environ.get("SNAPASSET_USER") or _subject(asked.token)
    _check(asked, root)
    return asked


def run(asked: argparse.Namespace, screen: Screen | None = None) -> int:
    """Run what `read` has returned and return the exit code; an error is one line on stderr."""
    if asked.command == "completion":
        sys.stdout.write(completion.script(parser(), asked.shell))
        return 0
    if not _agreed(asked):
        return _say_on_stderr("Nothing was deleted.", REFUSED)
    shown = screen or Screen(sys.stdout, as_json=asked.json)
    try:
        if asked.command == "verify":
            return verify(asked, shown)
        return asyncio.run(_run(asked, shown))
    except SnapAssetError as error:
        ids = ", ".join(filter(None, (error.code, error.request_id)))
        return _say_on_stderr(f"{error.message} ({ids})", REFUSED)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        return _say_on_stderr(f"{error.filename}: {error.strerror}", REFUSED)


async def _run(asked: argparse.Namespace, screen: Screen) -> int:
    async with SnapAsset(
        asked.address,
        token=asked.token,
        api_key=asked.api_key,
        image_origins=asked.image_origin,
    ) as client:
        try:
            return await COMMANDS[asked.command](client, asked, screen)
        finally:
            screen.end_bar()


def _check(asked: argparse.Namespace, root: argparse.ArgumentParser) -> None:
    try:
        origins_of((asked.address, *asked.image_origin))
    except ValueError as error:
        root.error(str(error))
    if not (asked.token or asked.api_key) and asked.command not in _NEED_NO_TOKEN:
        root.error("set SNAPASSET_TOKEN or SNAPASSET_API_KEY, or give --token or --api-key")
    if not all(_is_utf8(word) for word in vars(asked).values() if isinstance(word, str)):
        root.error("a word is not UTF-8")
    if asked.command in _CUTTING and not (asked.platform or asked.size):
        root.error("say what to cut the image for: --platform or --size")
    if asked.command == "create" and not (asked.prompt or asked.source):
        root.error("say what to paint, or give an image of your own with --source")
    if asked.command in _NEED_USER and not asked.user:
        root.error("say whose job it is: --user, or SNAPASSET_USER")
    if asked.command == "download" and bool(asked.ids) == asked.all:
        root.error("name what to download, or give --all")


def _is_utf8(word: str) -> bool:
    """Return whether a word can be sent: Python keeps undecodable bytes as lone surrogates."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _agreed(asked: argparse.Namespace) -> bool:
    """Ask before doing what cannot be undone; here, where Ctrl-C still ends the program."""
    if asked.command != "delete-user-data" or asked.yes:
        return True
    sys.stderr.write(f"This deletes everything of {asked.user_id} for good. Type the id again: ")
    sys.stderr.flush()
    typed = sys.stdin.readline().strip()
    return typed != "" and typed == asked.user_id


def _subject(token: str) -> str:
    """Return the owner that a token names, without verifying it: the API does that."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _say_on_stderr(line: str, code: int) -> int:
    sys.stderr.write(f"snapasset: {printable(line)}\n")
    return code
