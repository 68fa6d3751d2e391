"""Someone with a token and a folder, who types commands of `snapasset`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from deploy.local.forks import CannotFork, ForkServer
from deploy.local.settings import PYTHON_PATH

SECONDS = 60
COMMAND = [sys.executable, "-m", "clients.python.snapasset_client"]


class Shell:
    """Someone with a token and a folder."""

    def __init__(self, address: str, token: str, folder: Path, forks: ForkServer) -> None:
        self.forks = forks
        self.folder = folder
        self.environ = {
            **os.environ,
            "PYTHONPATH": PYTHON_PATH,
            "SNAPASSET_ADDRESS": address,
            "SNAPASSET_TOKEN": token,
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Who runs the tests in the background has had Ctrl-C ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        """Return exit code, stdout and stderr of a command that reads what was `typed`."""
        try:
            return self._forked(words, typed)
        except CannotFork:
            with self.start(*words) as process:
                out, err = process.communicate(typed, timeout=SECONDS)
            return process.returncode, out, err

    def _forked(self, words: Sequence[str], typed: str) -> tuple[int, str, str]:
        with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            given.write(typed)
            given.seek(0)
            process = self.forks.fork(
                [*COMMAND, *words], self.environ, out, errors=err, given=given, folder=self.folder
            )
            code = process.wait(SECONDS)
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()

    def json(self, *words: str) -> list[dict[str, Any]]:
        """Return the objects that a command prints for machines."""
        code, out, err = self.run("--json", *words)
        assert (code, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]
