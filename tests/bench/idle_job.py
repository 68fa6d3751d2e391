"""One job at a time on an idle stack: what it takes beside buying the image and cutting it.

Our own logs say how long the two calls took. The image goes to storage while they run, so a part
of that is in their time.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from deploy.local.stack import Stack
from tests.bench.figures import OURS, Row
from tests.bench.idle_cut import cut_row
from tests.bench.stage import Plan, our_stack

_JOBS, _QUICK_JOBS = 15, 3
_CALLS = {"generator": "/Generate ", "resizer": "/Resize "}
_OWNER, _TIMEOUT_SECONDS, _LOG_SECONDS = "ada", 60.0, 5.0


async def idle_rows(plan: Plan, part: str) -> list[Row]:
    """Run some jobs, one after the other, and cut the last one again; the first one warms up."""
    count = _QUICK_JOBS if plan.quick else _JOBS
    whole, beside = [], []
    with our_stack(plan, "idle", GATEWAYS="1") as stack:
        headers = {"Authorization": f"Bearer {stack.token(_OWNER)}"}
        async with aiohttp.ClientSession(stack.base_url, headers=headers) as session:
            for number in range(count + 1):
                began = time.perf_counter()
                request_id = await _one_job(session)
                ms = 1000 * (time.perf_counter() - began)
                calls = [await _took_ms(stack, *call, request_id) for call in _CALLS.items()]
                if number:
                    whole.append(ms)
                    beside.append(ms - sum(calls))
            cut = await cut_row(session, await _newest(session), count, part)
    rows = (
        ("from POST to done", whole, ""),
        ("the same, without buying and cutting", beside, "50 ms"),
    )
    jobs = [
        Row(part=part, what=f"an idle stack, {what}", unit="ms", taken={OURS: taken}, aim=aim)
        for what, taken, aim in rows
    ]
    return [*jobs, cut]


async def _newest(session: aiohttp.ClientSession) -> str:
    """Return the id of the newest generation."""
    async with session.get("/api/generations?limit=1") as response:
        [newest] = (await response.json())["generations"]
    return str(newest["generationId"])


async def _one_job(session: aiohttp.ClientSession) -> str:
    """Create a job and watch it to its end; return the request id that its logs carry."""
    job = {"userId": _OWNER, "prompt": "A lighthouse in a storm", "platforms": ["twitter-post"]}
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        async with session.post("/api/jobs", json=job) as response:
            created = await response.json()
            request_id = response.headers["x-request-id"]
        async with session.get(created["streamUrl"]) as stream:
            async for line in stream.content:
                if b'"done"' in line and b'"completed"' in line:
                    return request_id
    raise RuntimeError("the job did not complete")


async def _took_ms(stack: Stack, name: str, call: str, request_id: str) -> float:
    """Return what a call of this request took by the log of the service that answered."""
    deadline = time.monotonic() + _LOG_SECONDS
    while time.monotonic() < deadline:
        lines = [*_lines(stack.processes[name].log_file)]
        for line in lines:
            if line.get("request_id") == request_id and call in line.get("message", ""):
                return float(line["took_ms"])
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{name} has not logged {call}of {request_id}; its last: {lines[-3:]}")


def _lines(log: Path) -> Iterator[dict[str, str]]:
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            yield json.loads(line)
