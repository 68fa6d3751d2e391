"""The command line and the Python client on a real channel, with an API that lies."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from clients.python.snapasset_client import SnapAsset, SnapAssetError
from tests.servers.hostile_api import GENERATION_ID, JOB_ID, Lies, hostile_api

ROOT = Path(__file__).parents[3]
CREATE = ("create", "A lighthouse", "-p", "twitter-post", "--user", "ada", "-o", "out")
ALL = ("download", "--all", "-o", "out")
NAME = "twitter-post.jpg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command has left behind."""

    code: int
    said: str
    files: Sequence[str]


async def snapasset(home: Path, lies: Lies, *words: str) -> Ran:
    """Run the command line in an empty folder of a home."""
    work = home / "work"
    work.mkdir(exist_ok=True)
    environ = {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}", "HOME": str(home), "SNAPASSET_TOKEN": "t"}
    async with hostile_api(lies) as address, asyncio.timeout(60):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "clients.python.snapasset_client", "--address", address),
            *words,
            cwd=work,
            env=environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
    return Ran(code=process.returncode or 0, said=out.decode(), files=files_in(home))


def files_in(folder: Path) -> Sequence[str]:
    """Return all files in and below a folder."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if not one.is_dir())


async def test_an_api_that_tells_the_truth_is_believed(tmp_path: Path) -> None:
    made = await snapasset(tmp_path, Lies(), *CREATE)
    assert (made.code, made.files) == (0, [f"work/out/{JOB_ID}/{NAME}"])
    for _ in range(2):
        kept = await snapasset(tmp_path, Lies(), *ALL)
        assert (kept.code, len(kept.files)) == (0, 2)
        assert f"work/out/{GENERATION_ID}/{NAME}" in kept.files


@pytest.mark.parametrize(
    "name", ["../../.ssh", "{home}/.ssh", "..", ".", "", "a; rm -rf ~", "x\ny"]
)
async def test_an_id_that_is_none_is_no_folder_and_no_word_of_ours(
    tmp_path: Path, name: str
) -> None:
    lie = name.format(home=tmp_path)
    for lies, words in ((Lies(job_id=lie), CREATE), (Lies(generation_id=lie), ALL)):
        ran = await snapasset(tmp_path, lies, *words)
        assert (ran.code, ran.files) == (1, [])
        assert ran.said.endswith("id. (BAD_ANSWER)\n")
        assert ran.said.count("\n") == 1


async def test_a_link_in_the_place_of_a_jobs_folder_or_file_is_not_followed(tmp_path: Path) -> None:
    (folder := tmp_path / "work" / "out" / JOB_ID).parent.mkdir(parents=True)
    folder.symlink_to(tmp_path)
    assert (await snapasset(tmp_path, Lies(), *CREATE)).code == 1
    folder.unlink()
    folder.mkdir()
    (folder / NAME).symlink_to(tmp_path / "victim")
    assert (await snapasset(tmp_path, Lies(), *CREATE)).code == 1
    assert not (tmp_path / "victim").exists()


async def test_nothing_that_an_api_says_is_a_command_to_the_terminal(tmp_path: Path) -> None:
    lies = Lies(message="\x1b]0;owned\x07\u202e\x9b2J")
    lies.image.platform = lies.message
    for words in (CREATE[:-2], ("history",), ("--json", "history")):
        ran = await snapasset(tmp_path, lies, *words)
        assert ran.code == 0
        assert ran.said.replace("\n", "").isprintable()


async def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    ran = await snapasset(tmp_path, Lies(next_cursor="again"), *ALL)
    assert (ran.code, ran.said.splitlines()[-1]) == (
        1,
        "snapasset: The pages of the list do not come to an end. (BAD_ANSWER)",
    )


@pytest.mark.parametrize(
    ("lies", "why"),
    [
        (Lies(content=b"x" * 65_536, pieces=10_000), "is longer than it should be"),
        (Lies(content=b"ca"), "arrived incomplete"),
        (Lies(pieces=0), "arrived incomplete"),
    ],
)
async def test_an_image_has_the_size_that_was_said_or_is_no_file(
    tmp_path: Path, lies: Lies, why: str
) -> None:
    async with hostile_api(lies) as address, SnapAsset(address) as client:
        with pytest.raises(SnapAssetError, match=why):
            await client.save(lies.image, tmp_path)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", 0),
        ("size", 2**32 - 1),
        ("platform_id", "../x"),
        ("url", "file:///etc/passwd?X-Amz-Signature=0&x=a.jpg"),
        ("url", "file:///etc/passwd.jpg?X-Amz-Signature=0"),
        ("url", "http://169.254.169.254/a/b/c.jpg?X-Amz-Signature=0"),
    ],
)
async def test_an_image_that_is_out_of_bounds_is_not_asked_for(
    tmp_path: Path, field: str, value: object
) -> None:
    image = Lies().image
    setattr(image, field, value)
    async with hostile_api(Lies()) as address, SnapAsset(address) as client:
        with pytest.raises(SnapAssetError) as caught:
            await client.save(image, tmp_path)
    assert caught.value.code == "BAD_ANSWER"
    assert files_in(tmp_path) == []
