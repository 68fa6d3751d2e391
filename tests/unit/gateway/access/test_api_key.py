"""The program that makes an API key prints what its user and the gateway need."""

import json
import re
import subprocess
import sys

import pytest

from services.gateway.access.api_keys import ApiKeys, from_line
from services.gateway.access.caller import Scope


def make(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services.gateway.access.api_key", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_gateway_knows_the_key_by_either_of_the_two_rows() -> None:
    shown = make("importer", "--scopes", "jobs", "admin").stdout
    [secret] = re.findall(r"shown only now: (\S+)", shown)
    [line] = re.findall(r"GATEWAY_API_KEYS: +(\S+)", shown)
    [row] = re.findall(r"GATEWAY_API_KEYS_FILE: (.*)", shown)
    known = ApiKeys([from_line(line)]).verify(secret)
    assert known.key == "importer"
    assert known.scopes == {Scope.JOBS, Scope.ADMIN}
    assert json.loads(row)["sha256"] in line


@pytest.mark.parametrize(
    "words", [("no spaces", "--scopes", "jobs"), ("importer", "--scopes", "x")]
)
def test_a_key_that_cannot_be_is_one_sentence(words: tuple[str, ...]) -> None:
    refused = make(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "error: " in refused.stderr
