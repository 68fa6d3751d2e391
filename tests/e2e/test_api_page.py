"""The examples of docs/api.md work when they are pasted, from the first to the last."""

import os
import re
import subprocess
import sys
from pathlib import Path

from deploy.local.stack import Stack

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
PATIENCE_SECONDS = 120

# What the examples find on the reader's machine: `make token`, and curl that they would watch.
BEFORE = """
set -euo pipefail
make() { [[ $* == *ROLE=admin* ]] && echo "$ADMINS_TOKEN" || echo "$USERS_TOKEN"; }
curl() { command curl --fail-with-body --max-time 60 "$@"; }
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_pasted_commands_succeed_but_for_the_one_that_shows_an_error(stack: Stack) -> None:
    pasted = blocks("bash")
    wrong = [block for block in pasted if "myspace" in block]
    right = [block for block in pasted if block not in wrong]
    script = "\n".join([BEFORE, *right, "unset -f curl", *wrong]).replace("3001", str(stack.port))
    environ = {
        **os.environ,
        "USERS_TOKEN": stack.token(),
        "ADMINS_TOKEN": stack.token(role="admin"),
    }
    done = subprocess.run(
        ["bash", "-c", script],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    for expected in (
        '"type":"done"',
        "HTTP/1.1 201 Created",
        '"status":"completed"',
        '"status":"retrying"',
        '"deletedImages":',
        '"paused":true',
        "access-control-allow-origin: https://example.com",
        "Pinterest Pin",
        '"requestId": "my-request-1"',
        '"field": "platforms[0]"',
    ):
        assert expected in done.stdout, expected


def test_the_python_example_tells_a_job_and_an_error(stack: Stack) -> None:
    [example] = blocks("python")
    program = f"token = {stack.token()!r}\n{example}".replace("3001", str(stack.port))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": stack.environ["PYTHONPATH"]},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("connected ")
    assert lines[-2:] == ["done 100 Job completed", "NOT_FOUND JOB_NOT_FOUND false"]
