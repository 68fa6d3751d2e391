"""Builds servers written in Go where Go is at hand; each is kept in the user's cache."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_BUILD_SECONDS = 1800


class NoProgram(Exception):
    """The program is not here and cannot be built; the message says why."""


def go_program(package: str) -> Path:
    """Return the program of `package` (path@version), built on first use. Raises NoProgram."""
    name = package.partition("@")[0].rpartition("/")[2]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snapasset" / "bin"
    program = cache / name
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs build it once
        if not program.exists():
            _build(package, program)
    return program


def _build(package: str, program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoProgram(f"Go is not installed, and {program.name} is built by it")
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        try:
            subprocess.run(
                [go, "install", package],
                env={**os.environ, "GOBIN": folder},
                check=True,
                capture_output=True,
                text=True,
                timeout=_BUILD_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            reason = error.stderr.strip()[-300:]
            raise NoProgram(f"{program.name} cannot be built: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise NoProgram(f"{program.name} was not built in {_BUILD_SECONDS} s") from error
        (Path(folder) / program.name).replace(program)
