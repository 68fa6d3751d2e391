"""Each process starts with nothing installed but its own lock."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
UV = str(Path(sys.executable).with_name("uv"))
INSTALL_SECONDS, START_SECONDS = 180, 30

SECRET = "a secret of at least thirty-two bytes"
PROCESSES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("gateway", "services.gateway", "Listening on", {"GATEWAY_PORT": "0", "JWT_SECRET": SECRET}),
    ("worker", "services.worker", "Redis does not answer", {}),
    ("generator", "services.generator", "Listening on", {"GENERATOR_PORT": "0"}),
    ("resizer", "services.resizer", "Listening on", {"RESIZER_PORT": "0"}),
    ("storage", "services.storage", "Listening on", {"STORAGE_PORT": "0"}),
    ("envoy", "deploy.envoy", "ENVOY_PORT must be a whole number", {"ENVOY_PORT": "x"}),
)


async def install(group: str, folder: Path) -> Path:
    """Install a lock into a virtual environment of its own and return its interpreter."""
    python = folder / "bin" / "python"
    for command in (
        (UV, "venv", "--quiet", "--python", sys.executable, str(folder)),
        (UV, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python),
         str(ROOT / "requirements" / f"{group}.txt")),
    ):  # fmt: skip
        process = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(INSTALL_SECONDS):
            assert await process.wait() == 0
    return python


@pytest.mark.parametrize(
    ("group", "module", "says", "environ"), PROCESSES, ids=[row[1] for row in PROCESSES]
)
async def test_a_process_needs_only_its_own_lock(
    group: str, module: str, says: str, environ: dict[str, str], tmp_path: Path
) -> None:
    python = await install(group, tmp_path / "venv")
    process = await asyncio.create_subprocess_exec(
        str(python),
        "-m",
        module,
        cwd=ROOT,
        stdout=PIPE,
        stderr=STDOUT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENAI_API_KEY": "none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "STORAGE_DIRECTORY": str(tmp_path / "storage"),
            "WORKER_SPOOL_DIRECTORY": str(tmp_path / "spool"),
            "DRAIN_SECONDS": "0",
            **environ,
        },
    )
    assert process.stdout
    lines = []
    try:
        async with asyncio.timeout(START_SECONDS):
            async for line in process.stdout:
                lines.append(line.decode())
                if says in lines[-1]:
                    break
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
    assert any(says in line for line in lines), "".join(lines)


def test_the_worker_has_nothing_of_the_api_process() -> None:
    lock = (ROOT / "requirements" / "worker.txt").read_text()
    pinned = {line.partition("==")[0] for line in lock.splitlines() if "==" in line}
    assert not pinned & {"pyjwt", "cryptography"}
    files = re.findall(r"^FROM build AS worker-files$(.*?)^FROM", DOCKERFILE, re.M | re.S)[0]
    copied = re.findall(r"^COPY (services/\w+)/? ", files, re.M)
    assert copied == ["services/common", "services/jobs", "services/leaves", "services/worker"]
    assert not re.search(r"studio|clients|api-docs", files)
