"""API keys are known by their digest alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.common.errors import Unauthorized
from services.gateway.access.api_keys import (
    ApiKey,
    ApiKeys,
    distinct,
    from_file,
    from_line,
    new_key,
)
from services.gateway.access.caller import Caller, Scope
from services.gateway.access.key_limits import KeyLimits, limits_from_text, limits_to_json

DIGEST = "ab" * 32
LIMITS = limits_from_text(
    "requests=1000/hour+jobs=20 per 5 minutes+inFlight=50+budgetUsd=7.5+per=user"
)


def test_key_names_its_caller_and_nothing_else_does() -> None:
    (secret, stored), (_, other) = new_key("importer", ["jobs"]), new_key("sweeper", ["admin"])
    keys = ApiKeys([other, stored])
    assert keys.verify(secret) == Caller(key="importer", scopes=frozenset({Scope.JOBS}))
    for wrong in ("", secret[:-1], secret + "x", secret + "x" * 9999, stored.sha256, stored.line):
        with pytest.raises(Unauthorized):
            keys.verify(wrong)
    with pytest.raises(Unauthorized):
        ApiKeys([]).verify(secret)


@pytest.mark.parametrize("limits", [None, LIMITS])
@pytest.mark.parametrize("scopes", [["jobs"], ["admin"], ["admin", "jobs"]])
def test_stored_forms_give_the_same_key(
    tmp_path: Path, scopes: list[str], limits: KeyLimits | None
) -> None:
    secret, stored = new_key("importer", scopes, limits)
    file = tmp_path / "keys.json"
    row: dict[str, Any] = {"name": stored.name, "sha256": stored.sha256, "scopes": scopes}
    row |= {"limits": limits_to_json(limits)} if limits else {}
    assert ApiKeys([stored]).verify(secret).limits == (limits or KeyLimits())
    file.write_text(json.dumps([row]))
    assert from_line(stored.line) == stored
    assert from_file(file) == [stored]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "importer",
        f"importer:jobs:{DIGEST[:-1]}",
        f"importer:jobs:{DIGEST.upper()}",
        f"importer:jobs:{DIGEST}:more",
        f"importer:jobs:{DIGEST}:",
        f"importer:jobs:{DIGEST}:jobs=1/hour:jobs=1/hour",
        f"importer::{DIGEST}",
        f"importer:root:{DIGEST}",
        f":jobs:{DIGEST}",
        f"a name:jobs:{DIGEST}",
        f"{'x' * 65}:jobs:{DIGEST}",
    ],
)
def test_lines_that_are_no_key_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)


@pytest.mark.parametrize("content", ["", "{}x", "1", "[1]", '{"name": 1}', "[{}]"])
def test_files_that_hold_no_keys_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"."):
        from_file(file)


def test_two_keys_of_one_name_are_refused() -> None:
    keys = [ApiKey(name="a", sha256=DIGEST, scopes=frozenset({Scope.JOBS}))] * 2
    with pytest.raises(ValueError, match="same name"):
        distinct(keys)


def test_command_prints_a_key_that_works() -> None:
    command = [
        sys.executable,
        "-m",
        "services.gateway.access.api_key",
        "importer",
        "--scopes",
        "jobs",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    secret, line, row = (line.split(":", 1)[1].strip() for line in shown.splitlines())
    assert ApiKeys([from_line(line)]).verify(secret).key == "importer"
    assert json.loads(row)["sha256"] == from_line(line).sha256
