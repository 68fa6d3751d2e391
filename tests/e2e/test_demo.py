"""`make demo` keeps its promises: images in out/, one line for every failure."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.settings import ROOT
from deploy.local.stack import Stack

SECONDS = 180


def demo(**environ: str) -> tuple[int, list[str], str]:
    """Return exit code, lines and stderr."""
    ours = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}", **environ}
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo"],
        cwd=ROOT,
        env=ours,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return ran.returncode, ran.stdout.splitlines(), ran.stderr


def on(stack: Stack, **environ: str) -> tuple[int, list[str], str]:
    """Run the demo on a stack that runs already."""
    return demo(PORT=str(stack.port), JWT_SECRET=stack.environ["JWT_SECRET"], **environ)


def test_demo_beside_another_snapasset_starts_its_own_and_leaves_one_image_for_each_platform(
    stack: Stack, tmp_path: Path
) -> None:
    environ = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "STACK_DIRECTORY": str(tmp_path)}
    environ |= {"http_proxy": "http://127.0.0.1:9", "grpc_proxy": "http://127.0.0.1:9"}  # of others
    environ |= {"PORT": str(stack.port), "PLATFORMS": "twitter-post,pinterest-pin"}
    code, lines, err = demo(**environ)
    assert (code, err) == (0, "")
    assert lines[0] == f"Another SnapAsset has port {stack.port}, so ours takes a free one"
    assert lines[1] == "Starting SnapAsset ..."
    assert [line for line in lines if "come from the stand-in" in line] == lines[2:3]
    found = re.fullmatch(r"2 images in (out/gen-[\w-]+)/", lines[-2])
    assert found
    folder = ROOT / found[1]
    assert {file.name for file in folder.iterdir()} == {"twitter-post.jpg", "pinterest-pin.jpg"}
    shutil.rmtree(folder)


def test_demo_of_a_job_that_fails_says_why(stack: Stack) -> None:
    code, lines, err = on(stack, PROMPT="A lighthouse [standin: fail=moderated]")
    assert code != 0
    assert lines[0].startswith("Using the SnapAsset that runs at ")
    assert lines[-1].startswith("Job failed: ")
    assert err == "The demo failed: see the line above.\n"


def test_demo_that_is_refused_says_why(stack: Stack) -> None:
    code, _, err = on(stack, PROMPT="Too short")
    assert code != 0
    assert err.splitlines()[0].startswith("snapasset: prompt must be at least 10 characters")
