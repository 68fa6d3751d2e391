"""The JavaScript client's own tests, run by Node, and its types, checked by TypeScript."""

import shutil
import subprocess
from pathlib import Path

import pytest

SDK = Path(__file__).parents[3] / "clients" / "javascript"
SECONDS = 180


def run(*command: str) -> None:
    """Run a command in the client's folder; its output is the message of a failure."""
    ran = subprocess.run(command, cwd=SDK, capture_output=True, text=True, timeout=SECONDS)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_client_passes_its_own_tests() -> None:
    if not shutil.which("node"):
        pytest.skip("Node 20 or newer is not installed")
    tests = [str(file.relative_to(SDK)) for file in sorted(SDK.glob("test/*.test.js"))]
    assert tests
    run("node", "--test", *tests)


def test_declarations_hold_for_typescript() -> None:
    compiler = SDK / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        pytest.skip("its npm packages are missing: npm ci --prefix clients/javascript")
    run(str(compiler), "--project", "test/tsconfig.json")
