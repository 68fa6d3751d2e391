"""Runs JavaScript of the guide in Node or in headless Chromium."""

import json
import os
import re
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, QUIET

HERE = Path(__file__).parent
ENGINES = ("node", "chromium")
START_SECONDS, SCRIPT_SECONDS = 60.0, 120.0
FREE_NAMES = ("console", "fetch", "sleep", "setInterval", "until", "api", "seen")
"""What surroundings.js gives to every script."""


class ScriptFailed(AssertionError):
    """The script threw; the message is its stack."""


def missing(engine: str) -> str:
    """Return what this machine lacks to run `engine`, nothing when it has all."""
    node = shutil.which("node")
    if not node:
        return "Node 20 or newer is not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.findall(r"\d+", version)[0]) < 20:
        return f"Node 20 or newer is needed, this is {version.strip()}"
    if not (HERE / "node_modules").is_dir():
        return "its npm packages are missing: npm ci --prefix tests/e2e/guide"
    if engine == "chromium" and not CHROMIUM:
        return NO_CHROMIUM
    return ""


class Engine:
    """One engine whose page is at `base_url`."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self._process = process
        self._surroundings = (HERE / "surroundings.js").read_text()

    def run(self, script: str, **given: Any) -> Any:
        """Run the body of an async function and return what it returns.

        It sees FREE_NAMES and, as `input`, what is `given`. Raises ScriptFailed.
        """
        names = ", ".join(FREE_NAMES)
        self._send(
            f"(async (world) => {{ const {{ {names}, input }} = world;\n"
            f"return await (async () => {{\n{script}\n}})();\n}})"
            f"(({self._surroundings})({json.dumps(given)}))"
        )
        outcome = self._read(SCRIPT_SECONDS)
        if "error" in outcome:
            raise ScriptFailed(f"in {self.name}: {outcome['error']}")
        return outcome.get("value")

    def wait_until_ready(self) -> None:
        """Wait for the first page."""
        self._read(START_SECONDS)

    def _send(self, script: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(script)}\n")
        self._process.stdin.flush()

    def _read(self, seconds: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self._process.kill()
            assert self._process.stderr is not None
            said = self._process.stderr.read()
            raise ScriptFailed(f"{self.name} has no answer after {seconds} s: {said}")
        outcome: dict[str, Any] = json.loads(line)
        return outcome


@contextmanager
def running_engine(name: str, base_url: str) -> Iterator[Engine]:
    """Run an engine for the length of the block."""
    browser = {"executablePath": CHROMIUM, "args": QUIET}
    environ = {**os.environ, "CHROMIUM": json.dumps(browser)}
    command = ["node", str(HERE / "runner.js"), name, base_url]
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        engine = Engine(name, process)
        engine.wait_until_ready()
        try:
            yield engine
        finally:
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
