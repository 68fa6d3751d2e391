"""An API key of the local stack is made once, and the gateway knows it."""

import stat
from pathlib import Path

import pytest

from deploy.local.keys import local_key, local_key_lines
from deploy.local.plan import open_plan
from services.common.settings import load
from services.gateway.access.api_keys import ApiKeys
from services.gateway.access.caller import Scope
from services.gateway.settings import GatewaySettings


def test_a_key_stays_the_same_until_its_scopes_change(tmp_path: Path) -> None:
    first = local_key(tmp_path, "importer", [Scope.JOBS])
    assert local_key(tmp_path, "importer", [Scope.JOBS]) == first
    assert local_key(tmp_path, "importer", [Scope.JOBS, Scope.ADMIN]) != first
    assert len(local_key_lines(tmp_path)) == 1


def test_nobody_else_can_read_a_key(tmp_path: Path) -> None:
    local_key(tmp_path, "importer", [Scope.JOBS])
    [file] = (tmp_path / "api-keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "scopes"), [("../secret", ["jobs"]), ("", ["jobs"]), ("importer", ["everything"])]
)
def test_there_is_no_such_key(tmp_path: Path, name: str, scopes: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the command shows its message
        local_key(tmp_path, name, scopes)
    assert local_key_lines(tmp_path) == []


def test_the_gateway_knows_the_keys_that_were_made_and_those_that_were_given(
    tmp_path: Path,
) -> None:
    made = local_key(tmp_path, "importer", [Scope.JOBS])
    given = local_key(tmp_path / "elsewhere", "reports", [Scope.ADMIN])
    with open_plan(tmp_path, {"GATEWAY_API_KEYS": given.line}, 0) as plan:
        settings = load(GatewaySettings, plan.parts["gateway"].environ)
    known = ApiKeys(settings.api_keys())
    assert known.verify(made.secret).key == "importer"
    assert known.verify(given.secret).key == "reports"
