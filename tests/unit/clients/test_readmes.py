"""The pages of the clients name every method and every command."""

import re
from pathlib import Path

from clients.python.snapasset_client import SnapAsset
from clients.python.snapasset_client.cli.arguments import parser

CLIENTS = Path(__file__).parents[3] / "clients"
METHODS = {"client.js": r"^ {2}", "webhooks.js": r"^ {4}"}
"""The files of the JavaScript client's methods, and how far in each one begins."""


def missing(client: str, names: list[str]) -> list[str]:
    page = (CLIENTS / client / "README.md").read_text()
    return [name for name in names if not re.search(rf"`{name}\b", page)]


def test_the_page_of_the_python_client_names_every_method() -> None:
    names = [name for name in dir(SnapAsset) if not name.startswith("_")]
    assert "create_job" in names
    assert missing("python", names) == []


def test_the_page_of_the_command_line_names_every_command() -> None:
    [commands] = [action.choices for action in parser()._actions if action.choices]
    assert commands
    assert missing("python", [*commands]) == []


def test_the_page_of_the_javascript_client_names_every_method() -> None:
    names: list[str] = []
    for file, indent in METHODS.items():
        source = (CLIENTS / "javascript" / "src" / file).read_text()
        names += re.findall(rf"{indent}(?:async )?\*?([a-z]\w+)\(.*\{{$", source, re.MULTILINE)
    assert {"createJob", "createWebhook"} <= {*names}
    assert missing("javascript", [name for name in names if name != "constructor"]) == []
