"""Locks say what is installed, and not where it is fetched from: that is the machine's business."""

from pathlib import Path

import pytest

from deploy.local.settings import ROOT

NPM_LOCKS = [*ROOT.glob("*/*/package-lock.json"), *ROOT.glob("*/*/*/package-lock.json")]
LOCKS = [*NPM_LOCKS, *(ROOT / "requirements").glob("*.txt")]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("lock", LOCKS, ids=name_of)
def test_a_lock_holds_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=name_of)
def test_npm_writes_none_into_it_either(lock: Path) -> None:
    npmrc = lock.with_name(".npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in npmrc.splitlines()
