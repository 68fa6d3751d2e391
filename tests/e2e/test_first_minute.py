"""A stranger's first minute: `make demo` in a fresh checkout, on the newest Python there is."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.local.settings import ROOT
from tests.servers.pythons import newest_python

SECONDS = 300
MADE = (".git", ".venv", ".*_cache", ".hypothesis", "gen", "node_modules", "out", "var")
"""What a fresh checkout does not have, or does not need."""

LACKING = re.compile(
    r"(.*-)?(cc|c\+\+|gcc|g\+\+|clang|clang\+\+)(-[\d.]+)?"
    r"|go|cargo|rustc|node|npm|npx|(redis|valkey)-.*|envoy"
)
"""Programs of this machine that a stranger's does not have."""

OURS = ("OPENAI_", "PYTHON", "MAKE", "MFLAGS", "VIRTUAL_ENV", "STACK_DIRECTORY")


def without_tools(folder: Path) -> str:
    """Return a PATH that has this machine's programs except LACKING."""
    folder.mkdir()
    for found in map(Path, reversed(os.environ["PATH"].split(os.pathsep))):
        for program in found.glob("*"):
            if not LACKING.fullmatch(program.name):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


def test_the_demo_needs_nothing_but_python_and_make_and_no_path_without_spaces(
    tmp_path: Path,
) -> None:
    checkout = shutil.copytree(ROOT, tmp_path / "a path", ignore=shutil.ignore_patterns(*MADE))
    known = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    ran = subprocess.run(
        ["make", "demo", f"PYTHON={newest_python()}", "PORT=0"],
        cwd=checkout,
        env={**known, "PATH": without_tools(tmp_path / "programs")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert re.search(r"^4 images in out/gen-[\w-]+/$", ran.stdout, re.MULTILINE), ran.stdout
