"""Measures what a job and a watcher cost each process: `python -m tests.bench.sizing`.

The figures of docs/operations.md come from here. The stack is the local one with the stand-in image
API, so that a purchase takes no time and costs are those of our own processes. CPU is counted by
the kernel for each process: a busy machine makes the run longer, not the figures larger.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from deploy.local.stack import Stack, running_stack
from tests.bench.load import request
from tests.bench.processes import family
from tests.e2e.client import create, finish, open_client

_PLATFORMS = ("instagram-post", "instagram-story", "twitter-post", "facebook-post")
_PARTS = ("envoy", "gateway", "worker", "generator", "resizer", "storage", "redis")
_TICKS = os.sysconf("SC_CLK_TCK")
_SETTINGS = {
    "RATE_LIMIT_REQUESTS": "1000000/minute",
    "RATE_LIMIT_JOBS": "1000000/minute",
    "JOBS_IN_FLIGHT_PER_OWNER": "100000",
    "LOG_FORMAT": "json",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """CPU seconds since the start, resident MiB now and at most."""

    cpu: float
    now: float
    most: float


def use_of(pid: int) -> Use:
    """Read what the kernel counts for a process and what it has started."""
    uses = [_own_use(one.pid) for one in family(pid)]
    return Use(
        cpu=sum(one.cpu for one in uses),
        now=sum(one.now for one in uses),
        most=sum(one.most for one in uses),
    )


def _own_use(pid: int) -> Use:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    memory = {name: int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}
    cpu = (int(fields[11]) + int(fields[12])) / _TICKS
    return Use(cpu=cpu, now=memory["VmRSS"], most=memory["VmHWM"])


def use(stack: Stack) -> dict[str, Use]:
    """Return the use of every process by its name."""
    return {name: use_of(stack.processes[name].pid) for name in _PARTS}


async def burst(stack: Stack, jobs: int) -> None:
    """Create jobs at once and watch each to its end."""
    async with open_client(stack) as client:

        async def one(number: int) -> None:
            job = await create(client, f"A lighthouse in storm {number}", *_PLATFORMS)
            done = await finish(client, job["jobId"])
            assert done["status"] == "completed", done

        await asyncio.gather(*map(one, range(jobs)))


async def watch(stack: Stack, watchers: int, seconds: float) -> tuple[Mapping[str, Use], ...]:
    """Hold a stream of each of many waiting jobs open; return the use without, at the start and at
    the end."""
    async with open_client(stack, role="admin") as admin:
        assert (await admin.post("/api/queue/pause")).status_code == 200
        jobs = [await create(admin, "A quiet forest", "twitter-post") for _ in range(watchers)]
        before = use(stack)
        streams = [await _open(stack, job["jobId"]) for job in jobs]
        opened = use(stack)
        await asyncio.sleep(seconds)
        after = use(stack)
        assert not any(reader.at_eof() for reader, _ in streams), "a stream has ended"
        for _, writer in streams:
            writer.close()
    return before, opened, after


async def _open(stack: Stack, job_id: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
    head = {"Authorization": f"Bearer {stack.token()}"}
    writer.write(request("GET", f"/api/sse/jobs/{job_id}", stack.port, head))
    answer = await reader.readuntil(b"data: ")
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return reader, writer


def held_bytes(redis: Redis) -> int:
    """Count what Redis keeps: keys and values, its own buffers aside."""
    return sum(redis.memory_usage(key, samples=0) or 0 for key in redis.scan_iter())


def stored_bytes(stack: Stack) -> int:
    """Count what storage keeps."""
    folder = Path(stack.environ["STORAGE_DIRECTORY"])
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


async def measure(folder: Path, terms: argparse.Namespace) -> str:
    """Measure jobs and watchers, each on a stack of its own, and return one table."""
    jobs, watchers, seconds = terms.jobs, terms.watchers, terms.seconds
    environ = {"PATH": os.environ["PATH"], **_SETTINGS}
    with running_stack(folder / "watchers", environ=environ) as stack:
        await burst(stack, 2)  # whatever is made on first use is made
        before, opened, after = await watch(stack, watchers, seconds)
    with running_stack(folder / "jobs", environ=environ) as stack:
        await burst(stack, 2)
        idle_from = use(stack)
        await asyncio.sleep(seconds)
        idle = use(stack)
        with Redis.from_url(stack.environ["REDIS_URL"]) as redis:
            held, stored = held_bytes(redis), stored_bytes(stack)
            await burst(stack, jobs)
            worked = use(stack)
            held, stored = held_bytes(redis) - held, stored_bytes(stack) - stored
    lines = [
        "| process | idle MiB | idle CPU m | peak MiB | CPU ms a job "
        "| KiB a watcher | CPU ms to open | CPU ms a watcher and minute |"
    ]
    for name in _PARTS:
        row = (
            f"{idle[name].now:.0f}",
            f"{(idle[name].cpu - idle_from[name].cpu) / seconds * 1000:.0f}",
            f"{worked[name].most:.0f}",
            f"{(worked[name].cpu - idle[name].cpu) / jobs * 1000:.0f}",
            f"{(after[name].now - before[name].now) / watchers * 1024:.1f}",
            f"{(opened[name].cpu - before[name].cpu) / watchers * 1000:.2f}",
            f"{(after[name].cpu - opened[name].cpu) / watchers / seconds * 60_000:.2f}",
        )
        lines.append(f"| {name} | {' | '.join(row)} |")
    held_kib, stored_kib = held / jobs / 1024, stored / jobs / 1024
    lines.append(f"A job keeps {held_kib:.1f} KiB in Redis and {stored_kib:.0f} KiB in storage.")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, start a stack and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--watchers", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=60.0)
    terms = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = asyncio.run(measure(Path(folder), terms))
    sys.stdout.write(f"{table}\n")


if __name__ == "__main__":
    main()
