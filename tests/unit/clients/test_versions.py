"""The clients have the version of the service."""

import json
from pathlib import Path

from clients.python.snapasset_client.version import VERSION as PYTHON
from services.common.version import VERSION

PACKAGE = Path(__file__).parents[3] / "clients" / "javascript" / "package.json"


def test_both_clients_have_the_version_of_the_service() -> None:
    assert (PYTHON, json.loads(PACKAGE.read_text())["version"]) == (VERSION, VERSION)
