"""The Pythons of this machine; on CI, one that is missing is installed if it can be."""

import os
import subprocess
import sys
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
"""What we are tested with; .github/workflows/ci.yml runs everything on the first and the last."""

_PROGRAM = Path(sys.executable).with_name("uv")
_INSTALL_SECONDS = 60


class NoPython(Exception):
    """This machine has no such Python; the message says which."""


def python(version: str) -> Path:
    """Return the program of a version. Raises NoPython."""
    found = _find(version)
    if (
        found.returncode
        and os.environ.get("CI") == "true"
        and not _uv("install", version).returncode
    ):
        found = _find(version)
    if found.returncode:
        raise NoPython(f"Python {version} is not installed")
    return Path(found.stdout.strip())


def newest_python() -> Path:
    """Return the newest that we support and can have here."""
    for version in reversed(SUPPORTED):
        try:
            return python(version)
        except NoPython:
            continue
    return Path(sys.executable)


def _find(version: str) -> subprocess.CompletedProcess[str]:
    return _uv("find", "--no-python-downloads", "--system", version)


def _uv(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `uv python`, which knows PATH and what it installed, for pyenv's versions, too."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snapasset"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    path = [os.environ["PATH"], *(str(folder) for folder in pyenv.glob("versions/3.*/bin"))]
    environ = {"PATH": os.pathsep.join(path), "UV_PYTHON_INSTALL_DIR": str(cache / "pythons")}
    try:
        return subprocess.run(
            [_PROGRAM, "python", *words],
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1)
