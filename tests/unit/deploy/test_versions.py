"""The version is declared once, and everything that is released has it."""

import pytest

from deploy.local.settings import ROOT
from deploy.versions import PLACES, version, with_version


@pytest.mark.parametrize("name", PLACES)
def test_the_version_is_that_of_the_project(name: str) -> None:
    file = ROOT / name
    expected = with_version(file, PLACES[name], version())
    assert file.read_text() == expected, "run: python -m deploy.versions"


def test_the_changelog_has_the_version_or_what_is_not_released_yet() -> None:
    heads = [
        line.removeprefix("## ")
        for line in (ROOT / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    assert heads[0] == "Unreleased" or heads[0].startswith(version())
