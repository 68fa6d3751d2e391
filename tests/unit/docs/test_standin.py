"""The page of the stand-in names every switch and every fault."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from deploy.local.standin.switches import FAULTS, Switches

PAGE = (Path(__file__).parents[3] / "docs" / "standin.md").read_text()


@pytest.mark.parametrize(
    ("table", "names"),
    [("switches", [one.name for one in fields(Switches)]), ("faults", [*FAULTS])],
)
def test_every_row_is_one_that_there_is(table: str, names: list[str]) -> None:
    found = re.search(rf"<!-- table: {table} -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    assert found
    assert re.findall(r"^\| `(\w+)`", found[1], re.MULTILINE) == names
