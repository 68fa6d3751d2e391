"""The files of the API page are those that Swagger UI publishes, of the version that we say."""

import json

import pytest

from deploy.local.settings import ROOT

FOLDER = ROOT / "third_party" / "swagger-ui"
PUBLISHED = FOLDER / "node_modules" / "swagger-ui-dist"


def test_our_files_are_the_published_ones() -> None:
    if not PUBLISHED.is_dir():
        pytest.skip("npm is missing: the package is not installed")
    told = json.loads((FOLDER / "package.json").read_text())["dependencies"]["swagger-ui-dist"]
    assert json.loads((PUBLISHED / "package.json").read_text())["version"] == told
    ours = [*(FOLDER / "dist").iterdir()]
    assert ours
    assert [file.name for file in ours if file.read_bytes() != _published(file.name)] == []


def _published(name: str) -> bytes:
    return (PUBLISHED / name).read_bytes()
