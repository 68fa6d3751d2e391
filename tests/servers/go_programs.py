"""Builds servers written in Go where Go is at hand: `python -m tests.servers.go_programs` all.

Nothing but the standard library is needed, so that CI can begin before anything is installed.
Each program stays in the user's cache, one file a version.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = {
    "versitygw": "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
    "minio": "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    "kustomize": "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1",
}
"""Path and version of each program; the one whose tests come first is built first."""

# Nobody debugs them, and their speed is not what is measured: they are built a third sooner.
_OPTIONS = ("-trimpath", "-ldflags=-s -w", "-gcflags=all=-N -l -dwarf=false")
_BUILD_SECONDS = 1800


class NoProgram(Exception):
    """The program is not here and cannot be built; the message says why."""


def go_program(name: str) -> Path:
    """Return the program of that name, built on first use. Raises NoProgram."""
    package = PACKAGES[name]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snapasset" / "bin"
    program = cache / f"{name}-{package.partition('@')[2]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{program.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs build it once
        if not program.exists():
            _build(name, package, program)
    return program


def _build(name: str, package: str, program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoProgram(f"Go is not installed, and {name} is built by it")
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        try:
            subprocess.run(
                [go, "install", *_OPTIONS, package],
                env={**os.environ, "GOBIN": folder},
                check=True,
                capture_output=True,
                text=True,
                timeout=_BUILD_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            reason = error.stderr.strip()[-300:]
            raise NoProgram(f"{name} cannot be built: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise NoProgram(f"{name} was not built in {_BUILD_SECONDS} s") from error
        (Path(folder) / name).replace(program)


def main(names: Sequence[str]) -> None:
    """Build the programs that are named, or all; what fails fails again in its tests."""
    for name in names or PACKAGES:
        try:
            go_program(name)
        except NoProgram as error:
            sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
