"""The whole system in containers: its order, its walls, its main job, a crash, a stop."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from PIL import Image

from services.common.platforms import PLATFORMS
from tests.containers.stack import OTHERS, OURS, ComposeStack, kill
from tests.e2e.client import create, finish
from tests.eventually import eventually

NEEDS = (
    ("envoy", "gateway"),
    ("envoy", "worker"),
    ("gateway", "redis"),
    ("gateway", "storage"),
    ("gateway", "generator"),
    ("gateway", "resizer"),
    ("worker", "redis"),
    ("worker", "storage"),
    ("worker", "generator"),
    ("worker", "resizer"),
    ("storage", "object-store"),
)
PORTS = {
    "gateway": 50051,
    "generator": 50052,
    "resizer": 50053,
    "storage": 50054,
    "redis": 6379,
    "object-store": 9000,
    "image-api": 4010,
}
ARROWS = {
    "envoy": {"gateway"},
    "gateway": {"redis", "generator", "resizer", "storage"},
    "worker": {"redis", "generator", "resizer", "storage", "gateway"},
    "generator": {"image-api", "gateway"},
    "resizer": {"gateway"},
    "storage": {"object-store", "gateway"},
}
"""Who reaches whom. A network has no direction: the leaves reach the gateway, who asks how they
are; they reach no other leaf, no Redis and nobody else's store."""

CONNECT = """
import json, socket
reached = []
for name, port in json.loads('{ports}').items():
    try:
        socket.create_connection((name, port), 2).close()
        reached.append(name)
    except OSError:
        pass
print(json.dumps(reached))
"""

DEAD = """
from pathlib import Path
print(sum(b") Z " in file.read_bytes() for file in Path("/proc").glob("[0-9]*/stat")))
"""


async def test_each_part_starts_after_those_that_it_needs_are_healthy(stack: ComposeStack) -> None:
    started = {}
    for service in (*OURS, *OTHERS):
        await becomes_healthy(stack, service)
        state = stack.container(service)["State"]
        started[service] = datetime.fromisoformat(state["StartedAt"][:26])
    until = stack.engine.docker("info", "--format", "{{.SystemTime}}").strip()
    lines = stack.engine.docker(
        "events", "--since", "24h", "--until", until, "--format", "{{json .}}",
        "--filter", f"label=com.docker.compose.project={stack.project}",
        "--filter", "event=health_status: healthy",
    )  # fmt: skip
    first: dict[str, int] = {}
    for event in map(json.loads, lines.splitlines()):
        first.setdefault(
            event["Actor"]["Attributes"]["com.docker.compose.service"], event["timeNano"]
        )
    for part, needed in NEEDS:
        began = datetime.fromisoformat(f"{started[part].isoformat()}+00:00").timestamp()
        assert first[needed] / 1e9 <= began, (part, needed)


@pytest.mark.parametrize("service", [*OURS, *OTHERS])
def test_a_container_may_do_little_and_holds_no_secret_in_its_environment(
    stack: ComposeStack, service: str
) -> None:
    facts = stack.container(service)
    host = facts["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    secrets = [file.read_text().strip() for file in (stack.folder / "secrets").iterdir()]
    shown = json.dumps([facts["Config"]["Env"], facts["Config"]["Cmd"]])
    assert len(secrets) == 6
    assert not [one for one in secrets if one != "none" and one in shown]


@pytest.mark.parametrize("service", ARROWS)
def test_a_part_reaches_those_of_the_picture_and_nobody_else(
    stack: ComposeStack, service: str
) -> None:
    program = CONNECT.format(ports=json.dumps(PORTS))
    reached = set(json.loads(stack.python(service, program)))
    assert reached - {service} == ARROWS[service]


async def test_the_main_job_through_envoy(stack: ComposeStack) -> None:
    async with stack.client() as client:
        job = await create(client, "A lighthouse in a storm", *PLATFORMS)
        done = await finish(client, job["jobId"])
        assert done["status"] == "completed", done
        images = done["result"]["images"]
        assert [image["platformId"] for image in images] == list(PLATFORMS)
        for image in images:
            answer = await client.get(image["url"])
            platform = PLATFORMS[image["platformId"]]
            assert Image.open(io.BytesIO(answer.content)).size == (platform.width, platform.height)
        shown = (await client.get(f"/api/jobs/{job['jobId']}")).json()
    assert "Painted by the local stand-in, not by an image model" in shown["logs"]


@pytest.mark.parametrize("service", ["worker", "generator", "gateway"])
async def test_a_part_that_is_killed_comes_back_and_the_job_is_done(
    stack: ComposeStack, service: str
) -> None:
    before = stack.container(service)
    async with stack.client() as client:
        job = await create(client, f"A harbour without its {service}", "instagram-post")
        path = f"/api/jobs/{job['jobId']}"

        async def status() -> str:
            answer = await client.get(path)
            return str(answer.json()["status"]) if answer.status_code == 200 else ""

        await eventually(lambda: _is(status, "active"), 30)
        kill(before)
        await eventually(lambda: _is(status, "completed"), 120)
    after = stack.container(service)
    assert after["Id"] == before["Id"]
    assert after["RestartCount"] == before["RestartCount"] + 1
    await becomes_healthy(stack, service)


async def becomes_healthy(stack: ComposeStack, service: str) -> None:
    await eventually(lambda: _is(lambda: asyncio.to_thread(stack.health, service), "healthy"), 60)


async def _is(ask: Callable[[], Awaitable[str]], wanted: str) -> bool:
    return await ask() == wanted


async def test_a_stop_of_envoy_lets_an_open_stream_end(stack: ComposeStack) -> None:
    envoy = stack.container("envoy")["Id"]
    async with stack.client() as client:
        job = await create(client, "The last ferry of the day", "twitter-post")
        async with client.stream("GET", f"/api/sse/jobs/{job['jobId']}") as stream:
            lines = stream.aiter_lines()
            assert '"connected"' in await anext(lines)
            stop = ("stop", "--time", "60", envoy)
            stopping = asyncio.create_task(asyncio.to_thread(stack.engine.docker, *stop))
            rest = [line async for line in lines]
        assert any('"done"' in line for line in rest)
        await stopping
    assert stack.container("envoy")["State"]["ExitCode"] == 0
    stack.engine.docker("start", envoy)
    await becomes_healthy(stack, "envoy")


async def test_envoys_container_keeps_no_dead_process(stack: ComposeStack) -> None:
    stack.python("envoy", "import subprocess; subprocess.Popen(['sleep', '0'])")

    async def none_is_dead() -> bool:
        return await asyncio.to_thread(stack.python, "envoy", DEAD) == "0\n"

    await eventually(none_is_dead, 30)


async def test_a_stop_is_clean_and_a_new_start_has_all_the_data(stack: ComposeStack) -> None:
    async with stack.client() as client:
        job = await create(client, "A city at night", "twitter-post")
        done = await finish(client, job["jobId"])
        url = done["result"]["images"][0]["url"]
        picture = (await client.get(url)).content
    await asyncio.to_thread(stack.make, "down")
    assert stack.left("container") == []
    assert stack.left("network") == []
    assert len(stack.left("volume")) == 2
    await asyncio.to_thread(stack.make, "up")
    async with stack.client() as client:
        assert (await client.get(f"/api/jobs/{job['jobId']}")).json()["status"] == "completed"
        assert (await client.get(url)).content == picture
