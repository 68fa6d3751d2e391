"""What README and docs tell their readers to do works as it is pasted."""

import json
import re
from pathlib import Path

import pytest

from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from tests.e2e.reader import (
    FILES,
    PAGES,
    SHELLS,
    blocks,
    can_be_read,
    lacking,
    promised_names,
    read,
)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the reader's checkout, and keeps what is written there."""
    for entry in ROOT.iterdir():
        if entry.name not in ("var", "out", ".git", "node_modules"):
            (tmp_path / entry.name).symlink_to(entry)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if can_be_read(page)], ids=name_of)
def test_a_page_works_from_the_first_command_to_the_last(
    stack: Stack, stack_folder: Path, checkout: Path, page: Path
) -> None:
    if lack := lacking(page):
        pytest.skip(f"not installed: {lack}")
    shown = read(page, stack, stack_folder, checkout)
    assert {name for name in promised_names(page) if f'"{name}":' not in shown} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_not_run_says_why_and_what_is_saved_is_run(page: Path) -> None:
    text = page.read_text()
    found = blocks(page)
    assert len(re.findall(r"^```\w", text, re.MULTILINE)) == len(found)
    for number, block in enumerate(found):
        if block.language in FILES and not block.why_not_run:
            assert block.file, f"{page.name}:{block.line} has neither a name nor a reason"
            assert any(one.language in SHELLS for one in found[number:])
        if block.language == "json" and not block.mark:
            json.loads(block.text)
