"""What holds for all tests holds in the workers that run them side by side, too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEN = """
import warnings
import pytest

def test_that_is_skipped():
    pytest.skip("no such program")

def test_that_warns():
    warnings.warn("old")

def test_that_is_fine():
    pass
"""


def test_a_skip_on_ci_and_a_warning_fail(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_seen.py").write_text(SEEN)
    settings = ["-c", f"{ROOT}/pyproject.toml", "--rootdir", f"{tmp_path}"]
    workers = ["-p", "no:cacheprovider", "-n", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, *workers, tmp_path],
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "2 failed, 1 passed" in done.stdout, done.stdout
    assert "CI does not allow to skip" in done.stdout
    assert "UserWarning: old" in done.stdout
