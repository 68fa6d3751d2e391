"""The Python client as a stranger installs it: in each way, with each protobuf and Python."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.common.version import VERSION
from tests.servers.hostile_api import JOB_ID, Lies, hostile_api
from tests.servers.pythons import SUPPORTED, NoPython, python

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "clients" / "python"
SECONDS = 300
OURS = ("PYTHON", "SNAPASSET_", "VIRTUAL_ENV")
"""How variables begin that lead to the repository."""

USE = """
from collections.abc import Iterator
from snapasset.gateway.v1.jobs_pb2 import CreateJobRequest, JobSummary
from snapasset_client import BlockingSnapAsset, SnapAsset

async def create(client: SnapAsset) -> str:
    order = CreateJobRequest(user_id="ada", prompt="A lighthouse", platforms=["twitter-post"])
    return (await client.create_job(order)).job_id

def failed(client: BlockingSnapAsset) -> Iterator[JobSummary]:
    return client.jobs(status="failed")
"""


def run(*command: object, at: Path, environ: Mapping[str, str] | None = None) -> str:
    """Return what a command prints in a folder and an environment that know nothing of us."""
    known = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=at,
        env={**known, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def uv(*words: object, at: Path) -> str:
    return run(Path(sys.executable).with_name("uv"), *words, at=at)


def installed(folder: Path, *requirements: object, python: str | Path = sys.executable) -> Path:
    """Return the programs of a new environment that has the requirements and nothing else."""
    uv("venv", "--quiet", "--python", python, folder / "env", at=folder)
    uv("pip", "install", "--quiet", "--python", folder / "env", *requirements, at=folder)
    return folder / "env" / "bin"


async def check_works(programs: Path, folder: Path) -> None:
    """Create a job and save its image by the command line; no version warns of another."""
    assert run(programs / "snapasset", "--version", at=folder) == f"snapasset {VERSION}\n"
    words = ("create", "A lighthouse", "-p", "twitter-post", "--user", "ada", "-o", "out")
    async with hostile_api(Lies()) as address:
        await asyncio.to_thread(
            run,
            *(programs / "python", "-W", "error", "-m", "snapasset_client", *words),
            at=folder,
            environ={"SNAPASSET_URL": f"http://{address}", "SNAPASSET_TOKEN": "t"},
        )
    image = folder / "out" / JOB_ID / "twitter-post.jpg"
    assert await asyncio.to_thread(image.read_bytes) == b"cat"


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is built of the repository, and beside it the wheel that is built from that."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--out-dir", folder, SOURCE, at=folder)
    [file] = folder.glob("*.tar.gz")
    return file


@pytest.fixture(scope="session")
def wheel(sdist: Path) -> Path:
    [file] = sdist.parent.glob("*.whl")
    return file


@pytest.mark.parametrize("protobuf", ["protobuf==5.29.*", "protobuf==6.*", "protobuf==7.*"])
async def test_one_wheel_works_with_each_protobuf(
    wheel: Path, tmp_path: Path, protobuf: str
) -> None:
    await check_works(installed(tmp_path, wheel, protobuf), tmp_path)


@pytest.mark.parametrize("version", SUPPORTED)
async def test_one_wheel_works_with_each_python(wheel: Path, tmp_path: Path, version: str) -> None:
    try:
        program = python(version)
    except NoPython as error:
        pytest.skip(str(error))
    await check_works(installed(tmp_path, wheel, python=program), tmp_path)


async def test_an_sdist_can_be_installed(sdist: Path, tmp_path: Path) -> None:
    await check_works(installed(tmp_path, sdist), tmp_path)


async def test_a_checkout_can_be_installed_by_pip_as_the_readme_says(tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env", at=tmp_path)
    programs = tmp_path / "env" / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", "./clients/python", at=ROOT)
    await check_works(programs, tmp_path)


async def test_a_git_address_can_be_installed(tmp_path: Path) -> None:
    address = f"snapasset-client @ git+file://{ROOT}#subdirectory=clients/python"
    await check_works(installed(tmp_path, address), tmp_path)


def test_the_package_is_typed(wheel: Path, tmp_path: Path) -> None:
    programs = installed(tmp_path, wheel, "mypy", "types-protobuf", "types-grpcio")
    (tmp_path / "use.py").write_text(USE)
    assert "Success" in run(programs / "mypy", "--strict", "use.py", at=tmp_path)
