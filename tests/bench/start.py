"""The start: how long `make run` takes to be ready, and what the idle processes weigh."""

import asyncio
import os
import shutil
import signal
import subprocess
import time

from deploy.local.forks import fork_server
from deploy.local.settings import ROOT
from tests.bench.figures import OURS, Result, Row
from tests.bench.processes import memory_mb
from tests.bench.stage import Plan, our_stack

PART = "Start"

_READY = "SnapAsset is ready"
_END_SECONDS, _QUIET_SECONDS = 30.0, 5.0


async def measure(plan: Plan) -> Result:
    """Start and stop it some times; weigh one that has been quiet for a moment."""
    seconds = [await asyncio.to_thread(_start, plan) for _ in range(plan.rounds)]
    with fork_server() as forks, our_stack(plan, "idle", forks, GATEWAYS="1") as stack:
        await asyncio.sleep(_QUIET_SECONDS)
        weights = {name: memory_mb([one.pid]) for name, one in stack.processes.items()}
        weights["fork server"] = memory_mb([forks.pid]) - sum(weights.values())  # its children
    rows = [("make run, until it is ready", "s", seconds)]
    rows += [(f"idle {name}", "MB", [weight]) for name, weight in weights.items()]
    rows += [("all idle processes", "MB", [sum(weights.values())])]
    return Result(
        rows=[
            Row(part=PART, what=what, unit=unit, taken={OURS: taken}) for what, unit, taken in rows
        ]
    )


def _start(plan: Plan) -> float:
    """Return the seconds from `make run` on a set up tree to the line that says ready."""
    folder = plan.folder / "start"
    shutil.rmtree(folder, ignore_errors=True)
    environ = {**os.environ, "PORT": "0", "STACK_DIRECTORY": str(folder)}
    began = time.perf_counter()
    with subprocess.Popen(
        ["make", "--silent", "run"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout
            if not any(_READY in line for line in process.stdout):
                raise RuntimeError("make run ended before it was ready")
            return time.perf_counter() - began
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=_END_SECONDS)
