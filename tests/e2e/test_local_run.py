"""`python -m deploy.local.run` keeps its promises to the person at the terminal."""

import asyncio
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from deploy.local.stack import Stack
from tests.eventually import eventually

START_SECONDS = 120

PROCESSES = 10
"""The fork server, eight programs of the Procfile, and the Envoy that one of them runs."""


@contextmanager
def running(folder: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command on free ports; it is killed at the end, if it is still there."""
    ours = {**os.environ, "PORT": "0", "STACK_DIRECTORY": str(folder), **environ}
    command = [sys.executable, "-m", "deploy.local.run"]
    with subprocess.Popen(
        command, env=ours, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        alarm = threading.Timer(START_SECONDS, process.kill)
        alarm.start()
        try:
            yield process
        finally:
            alarm.cancel()
            process.terminate()
            process.communicate(timeout=60)


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if wanted in line:
            return seen
    raise AssertionError(f"it ended without {wanted!r}:\n{seen}")


def descendants_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [one for child in children for one in (child, *descendants_of(child))]


def watch(pids: list[int]) -> list[int]:
    """Return a descriptor for each process that becomes readable when it has ended."""
    return [os.pidfd_open(pid) for pid in pids]


def all_ended(descriptors: list[int]) -> bool:
    ended = [bool(select.select([one], [], [], 30)[0]) for one in descriptors]
    for one in descriptors:
        os.close(one)
    return all(ended)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ready_stack_works_as_pasted_and_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(tmp_path / "var") as process:
        shown = read_until(process, "Ctrl-C stops it.")
        left_behind = watch(descendants_of(process.pid))
        base = re.search(r"SnapAsset is ready at (http://localhost:\d+)", shown)
        curl = re.search(r"^curl (?:.*\\\n)*.*$", shown, re.MULTILINE)
        assert base
        assert curl
        pasted = subprocess.run(
            ["bash", "-c", curl[0]], capture_output=True, timeout=30, check=True
        )
        job = json.loads(pasted.stdout)
        assert job["status"] == "queued"
        assert httpx2.get(f"{base[1]}/health").json()["status"] == "ok"

        log = tmp_path / "var" / "log"
        asyncio.run(eventually(lambda: job["jobId"] in (log / "worker.log").read_text()))
        process.send_signal(number)
        assert process.wait(60) == (-9 if number == signal.SIGKILL else 0)
        assert len(left_behind) == PROCESSES
        assert all_ended(left_behind)
    assert (log / "envoy.log").stat().st_size > 0


def test_taken_port_is_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with running(tmp_path, PORT=str(port)) as process:
            shown, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert shown == (
        f"SnapAsset cannot start: port {port} is taken; "
        "stop the program that holds it or set another PORT.\n"
    )


def test_dead_service_is_one_sentence_with_its_reason(tmp_path: Path) -> None:
    with running(tmp_path / "var", RESIZER_MAX_PIXELS="0") as process:
        shown, _ = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 1
    last = shown.splitlines()[-1]
    assert last.startswith("SnapAsset cannot start: resizer does not stay up: ")
    assert "RESIZER_MAX_PIXELS must be positive" in last
    assert "resizer.log" in last


def test_one_folder_holds_one_stack(stack: Stack, stack_folder: Path) -> None:
    with running(stack_folder) as second:
        shown, _ = second.communicate(timeout=60)
    assert shown == (
        f"SnapAsset cannot start: a stack is running in {stack_folder.name}/ already; "
        "stop it first.\n"
    )
    assert httpx2.get(f"{stack.base_url}/health").json()["status"] == "ok"
