"""What is in each image, and what is not."""

import json
import re
import subprocess
from typing import Any

import pytest

from deploy.local.settings import ROOT
from tests.containers.stack import OURS, ComposeStack

LOCKS = {"image-api": "standin"}
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")

LIST = """
import importlib.metadata, json, os, pathlib
names = sorted(each.name for each in importlib.metadata.distributions(path=[
    str(*pathlib.Path("/opt/venv/lib").glob("python3*/site-packages"))]))
files = [str(file) for file in pathlib.Path("/app").rglob("*.py")]
print(json.dumps({"uid": os.getuid(), "packages": names, "files": files}))
"""


@pytest.fixture(scope="module", params=OURS)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def image(service: str) -> str:
    return f"snapasset/{service}:dev"


def look_into(unstarted: ComposeStack, service: str) -> Any:
    words = ("run", "--rm", *HARDENED, image(service), "python", "-c", LIST)
    return json.loads(unstarted.engine.docker(*words))


def test_an_image_has_the_packages_of_its_lock_and_no_others(
    unstarted: ComposeStack, service: str
) -> None:
    lock = (ROOT / "requirements" / f"{LOCKS.get(service, service)}.txt").read_text()
    pinned = set(re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE))
    found = look_into(unstarted, service)["packages"]
    assert found
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in found} <= pinned


def test_an_image_has_the_code_of_its_own_service_only(
    unstarted: ComposeStack, service: str
) -> None:
    found = look_into(unstarted, service)
    parts = {tuple(file.split("/")[2:4]) for file in found["files"]} - {("gen", "snapasset")}
    own = {
        "gateway": {("services", name) for name in ("jobs", "leaves", "gateway")},
        "worker": {("services", name) for name in ("jobs", "leaves", "worker")},
        "envoy": {("deploy", "envoy")},
        "image-api": {("deploy", "local")},
    }.get(service, {("services", service)})
    shared = {("services", "__init__.py"), ("deploy", "__init__.py"), ("deploy", "tether.py")}
    assert parts - shared == {("services", "common"), *own}
    assert found["uid"] == 10001


def test_an_image_says_what_it_is_and_how_it_is(unstarted: ComposeStack, service: str) -> None:
    (facts,) = json.loads(unstarted.engine.docker("inspect", image(service)))
    labels = facts["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"snapasset-{service}"
    assert labels["org.opencontainers.image.description"]
    assert re.fullmatch("[0-9a-f]{40}", labels["org.opencontainers.image.revision"])
    assert facts["Config"]["User"] == "10001:10001"
    assert facts["Config"]["Healthcheck"]["Test"][0] == "CMD"


def test_a_service_without_its_secrets_says_what_is_missing(unstarted: ComposeStack) -> None:
    command = ("docker", "run", "--rm", *HARDENED, image("gateway"))
    done = subprocess.run(
        command,
        env=unstarted.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "gateway cannot start: JWT_SECRET or JWT_JWKS_URL must be set" in done.stderr


def test_the_stand_in_refuses_production(unstarted: ComposeStack) -> None:
    command = ("docker", "run", "--rm", "--env", "SNAPASSET_ENV=production", image("image-api"))
    done = subprocess.run(
        command,
        env=unstarted.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "SNAPASSET_ENV must be one of local, got production" in done.stderr
