"""The whole job, from the POST to the stored renditions, against what people would write.

The same jobs go through our stack and through two Node processes: an API with Express and Bull, and
a worker with Bull and sharp that cuts as in `renditions`, so the files are equally good and long.
The image API answers at once. The floor does nothing but what the pixels and bytes demand.
"""

import asyncio
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from deploy.local.stack import Stack
from tests.bench.figures import OURS, Result, Row
from tests.bench.image_api import image_api
from tests.bench.processes import cpu_seconds, memory_mb
from tests.bench.renditions import QUALITY, TARGETS, pictures, python, run, write_task
from tests.bench.stage import Plan, node, our_stack, peer, peer_environ, pids
from tests.bench.watched_jobs import Client, open_client

PART = "The whole job"

NODE, FLOOR = "Express + Bull + sharp", "the floor"
_AT_ONCE, _OWNER, _LOOK_SECONDS = 16, "ada", 0.25
_OURS = ("resizer", "generator", "worker", "storage", "gateway", "envoy", "redis")
_MANY, _CPU = f"{_AT_ONCE} jobs at once", "CPU ms a job"

_DOLLARS_A_CORE_HOUR = 0.08925 / 2
"""The list price of an AWS c7i.large, which has two, in us-east-1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """Who is asked: its processes by name, of which Redis is that of both, and a client of it."""

    processes: Mapping[str, Sequence[int]]
    client: Client


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one turn showed. `cpu_ms` is what a job cost each process, `kb` what its files take."""

    cpu_ms: Mapping[str, float]
    jobs_a_second: float
    alone_ms: float
    peak_mb: float
    kb: float

    @property
    def all_cpu_ms(self) -> float:
        """What a job cost all processes together."""
        return sum(self.cpu_ms.values())


async def measure(plan: Plan) -> Result:
    """Let the contenders take turns."""
    rounds, count, alone = (1, 16, 3) if plan.quick else (4, 50, 5)
    turns, floor = defaultdict[str, list[Turn]](list), list[float]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = pictures(folder)
        task = write_task(folder, files, TARGETS)
        async with running(plan, folder, [file.read_bytes() for file in files]) as contenders:
            for one in contenders.values():
                await one.client.many(_AT_ONCE, _AT_ONCE)  # warms up
            for _ in range(rounds):
                for who, one in contenders.items():
                    turns[who].append(await turn_of(one, count, alone))
                floor.append(await _floor(task, len(files)))
    return Result(rows=[*_rows(turns, floor), *_rows_of_processes(turns[OURS])])


async def turn_of(one: Contender, count: int, alone: int) -> Turn:
    """Measure jobs one by one, then many at once, which CPU time and memory are taken of."""
    took = [(await one.client.one()).seconds for _ in range(alone)]
    peak = asyncio.ensure_future(_peak_mb(one))
    before, began = _cpu(one), asyncio.get_running_loop().time()
    ended = await one.client.many(count, _AT_ONCE)
    seconds, after = asyncio.get_running_loop().time() - began, _cpu(one)
    peak.cancel()
    return Turn(
        cpu_ms={name: 1000 * (after[name] - before[name]) / count for name in before},
        jobs_a_second=count / seconds,
        alone_ms=1000 * mean(took) if took else 0.0,
        peak_mb=await peak,
        kb=mean(job.size_bytes for job in ended) / 1000,
    )


async def _floor(task: Path, count: int) -> float:
    """Return the CPU ms of one of `count` pictures when all cores are busy, as they are with us."""
    command = [*python("floor.py"), str(task)]
    cores = range(os.cpu_count() or 1)
    ran = await asyncio.gather(*(asyncio.to_thread(run, command) for _ in cores))
    return 1000 * mean(one.cpu for one in ran) / count


def _cpu(one: Contender) -> dict[str, float]:
    return {name: cpu_seconds(processes) for name, processes in one.processes.items()}


async def _peak_mb(one: Contender) -> float:
    """Return the most memory that was seen until this was cancelled, without that of Redis."""
    own = [pid for name, some in one.processes.items() if name != "redis" for pid in some]
    most = 0.0
    try:
        while True:
            most = max(most, await asyncio.to_thread(memory_mb, own))
            await asyncio.sleep(_LOOK_SECONDS)
    except asyncio.CancelledError:
        return most


def _rows(turns: Mapping[str, Sequence[Turn]], floor: Sequence[float]) -> list[Row]:
    figures: tuple[tuple[str, str, Callable[[Turn], float], str], ...] = (
        (_MANY, _CPU, lambda turn: turn.all_cpu_ms, "2x, 0.67x"),
        ("a million jobs, CPU at list price", "US$", _dollars_a_million, ""),
        (_MANY, "jobs/s", lambda turn: turn.jobs_a_second, "2x"),
        (_MANY, "peak MB", lambda turn: turn.peak_mb, ""),
        ("a job alone, from POST to done", "ms", lambda turn: turn.alone_ms, ""),
        ("the four files of a job", "kB", lambda turn: turn.kb, ""),
    )
    rows = []
    for what, unit, figure, aim in figures:
        taken = {who: [figure(turn) for turn in of_one] for who, of_one in turns.items()}
        taken |= {FLOOR: [*floor]} if unit == _CPU else {}
        more = unit == "jobs/s"
        rows.append(Row(part=PART, what=what, unit=unit, taken=taken, more_is_better=more, aim=aim))
    return rows


def _dollars_a_million(turn: Turn) -> float:
    return turn.all_cpu_ms / 1000 * 1_000_000 / 3600 * _DOLLARS_A_CORE_HOUR


def _rows_of_processes(turns: Sequence[Turn]) -> list[Row]:
    """Return where our CPU time goes."""
    return [
        Row(
            part=PART,
            what=f"{_MANY}, the {name}'s share",
            unit=_CPU,
            taken={OURS: [turn.cpu_ms[name] for turn in turns]},
        )
        for name in _OURS
    ]


@asynccontextmanager
async def running(
    plan: Plan, folder: Path, masters: Sequence[bytes]
) -> AsyncIterator[Mapping[str, Contender]]:
    """Run all contenders that this machine can run."""
    unsigned = folder / "no-certificate.pem"  # the others do not sign either
    unsigned.touch()
    async with image_api(masters) as address, AsyncExitStack() as clients:
        more = {
            "GATEWAYS": "1",
            "OPENAI_BASE_URL": address,
            "C2PA_CERTIFICATE_FILE": str(unsigned),
            "C2PA_KEY_FILE": str(unsigned),
        }
        with our_stack(plan, "whole-job", **more) as stack, ExitStack() as peers:

            async def contender(port: int, processes: Mapping[str, Sequence[int]]) -> Contender:
                url, token = f"http://127.0.0.1:{port}", stack.token(_OWNER)
                opening = open_client(url, token, _OWNER, [one.id for one in TARGETS])
                client = await clients.enter_async_context(opening)
                return Contender(processes=processes, client=client)

            found = {OURS: await contender(stack.port, {one: pids(stack, one) for one in _OURS})}
            if node():
                environ = _environ(stack, address, folder / "node")
                api = peers.enter_context(peer("job_api.mjs", environ))
                worker = peers.enter_context(peer("job_worker.mjs", environ))
                shared = {"redis": pids(stack, "redis")}
                found[NODE] = await contender(
                    api.port, {"API": [api.pid], "worker": [worker.pid], **shared}
                )
            yield found


def _environ(stack: Stack, address: str, folder: Path) -> dict[str, str]:
    """Return what the Node processes are told."""
    work = {
        "folder": str(folder),
        "imageApi": address,
        "atOnce": _AT_ONCE,
        "quality": QUALITY,
        "targets": [asdict(one) for one in TARGETS],
    }
    return {**peer_environ(stack), "PEER_WORK": json.dumps(work)}
