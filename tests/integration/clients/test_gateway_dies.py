"""Both clients watch a job while the gateways are killed and replaced, on real processes."""

import asyncio
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from functools import partial
from pathlib import Path

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client import SnapAsset
from deploy.local.forks import ForkServer
from services.gateway.access.issuing import make_token
from tests.chaos.parts import GATEWAYS, Parts, running_parts, until_all_well
from tests.eventually import eventually

SDK = Path(__file__).parents[3] / "clients" / "javascript"
WATCH = """
import { SnapAssetClient } from './src/index.js';
const [url, token, jobId] = process.argv.slice(1);
const client = new SnapAssetClient(url, token);
for await (const { type, status } of client.watch(jobId)) console.log(`${type} ${status}`);
"""
SETTINGS = {
    "STANDIN_DELAY_SECONDS": "10",
    # No stream is let go in time: each is cut when the process ends.
    "DRAIN_SECONDS": "0",
    "GRACE_SECONDS": "0",
    "GENERATOR_PIXEL_BUDGET": str(1024 * 1024),
    "STANDIN_SWITCHES": "care=low",
}
ORDER = pb.CreateJobRequest(user_id="ada", prompt="A lighthouse", platforms=["twitter-post"])


async def test_a_killed_and_a_replaced_gateway_cost_a_watcher_nothing(
    tmp_path: Path, forks: ForkServer
) -> None:
    if not shutil.which("node"):
        pytest.skip("Node 20 or newer is not installed")
    with running_parts(tmp_path, SETTINGS, s3=False, forks=forks) as parts:
        await until_all_well(parts, 60)
        environ = parts.environ
        token = make_token(environ["JWT_SECRET"], issuer=environ["JWT_ISSUER"], user_id="ada")
        async with SnapAsset(parts.envoy, token=token) as around:
            job_id = (await around.create_job(ORDER)).job_id
            node = await asyncio.create_subprocess_exec(
                "node",
                *("--input-type=module", "--eval", WATCH, "--"),
                *(f"http://{parts.envoy}", token, job_id),
                cwd=SDK,
                stdin=DEVNULL,
                stdout=PIPE,
            )
            async with SnapAsset(parts.gateways[0], token=token) as straight:
                heard: list[list[str]] = [[], [], []]
                watching = asyncio.gather(
                    follow(around, job_id, heard[0]),
                    follow(straight, job_id, heard[1]),
                    read(node, heard[2]),
                )
                for turn, number in enumerate((signal.SIGKILL, signal.SIGTERM), 1):
                    await eventually(partial(connected, heard, turn))
                    await replace_gateways(parts, number)
                async with asyncio.timeout(60):
                    await watching
    for events in heard:
        assert events[-1] == "done completed"
        assert events.count("done completed") == 1


def connected(heard: list[list[str]], times: int) -> bool:
    """Return whether each watcher has been connected so often."""
    return all(sum(one.startswith("connected") for one in events) >= times for events in heard)


async def follow(client: SnapAsset, job_id: str, into: list[str]) -> None:
    async for event in client.watch(job_id):
        into.append(f"{event.type} {event.status}")


async def read(process: Process, into: list[str]) -> None:
    assert process.stdout
    async for line in process.stdout:
        into.append(line.decode().strip())
    assert await process.wait() == 0


async def replace_gateways(parts: Parts, number: int) -> None:
    """End both at once, and start them again."""
    gateways = [parts.by_name[name] for name in GATEWAYS]
    await asyncio.gather(*(asyncio.to_thread(part.end, number) for part in gateways))
    for part in gateways:
        part.start()
