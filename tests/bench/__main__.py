"""Runs the benchmarks and writes down what they found: `make bench [ONLY=jobs] [QUICK=1]`."""

import argparse
import json
import math
import subprocess
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from deploy.local.settings import ROOT
from services.common.refusal import CannotStart
from tests.bench import (
    crops,
    event_latency,
    growth,
    job_api,
    long_line,
    queue_overhead,
    redis_cost,
    renditions,
    start,
    whole_job,
)
from tests.bench.conditions import Conditions
from tests.bench.figures import Growth, Result, Row
from tests.bench.picture import draw_growth, draw_ratios
from tests.bench.stage import Plan, node
from tests.bench.table import markdown, write_between_marks

PARTS: Mapping[str, Callable[[Plan], Awaitable[Result]]] = {
    "job": whole_job.measure,
    "jobs": job_api.measure,
    "events": event_latency.measure,
    "line": long_line.measure,
    "queue": queue_overhead.measure,
    "redis": redis_cost.measure,
    "renditions": renditions.measure,
    "crops": crops.measure,
    "growth": growth.measure,
    "start": start.measure,
}

_WHOLE = [name for name in PARTS if name != "crops"]
"""A whole run. Crops take longer than all else, and are told of in docs/images.md."""

_FAULTS = (RuntimeError, OSError, CannotStart, subprocess.SubprocessError, aiohttp.ClientError)
"""How a part fails, which must not cost the others' figures."""

_PAGE = ROOT / "docs" / "performance.md"
_PICTURES = ROOT / "docs" / "pictures"
_SEEN = """![How many times better or worse SnapAsset is](pictures/bench.svg)

![What growth costs](pictures/growth.svg)"""


def main() -> None:
    """Run the parts that were asked for; a whole run also writes the page and its pictures."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", default="", help=f"of {', '.join(PARTS)}, comma separated")
    parser.add_argument("--quick", action="store_true", help="one short round, to try it out")
    given = parser.parse_args()
    wanted = [name for name in given.only.split(",") if name] or _WHOLE
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if not node():
        tell("Node or its packages are missing: measured without the peers that need them")
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    conditions = Conditions.now()
    results = uvloop.run(run(wanted, Plan(folder=folder, quick=given.quick, tell=tell)))
    rows = [row for result in results for row in result.rows]
    growth = [one for result in results for one in result.growth]
    notes = [*conditions.lines(), *(note for result in results for note in result.notes)]
    text = f"{markdown(rows, growth)}\n\nConditions: {'; '.join(notes)}."
    tell(f"\n{text}")
    keep(folder, rows, growth, notes)
    if not given.quick and wanted == _WHOLE:
        write_between_marks(_PAGE, f"{_SEEN}\n\n{text}")
        draw_ratios(_PICTURES / "bench.svg", rows)
        draw_growth(_PICTURES / "growth.svg", growth)


async def run(names: list[str], plan: Plan) -> list[Result]:
    """Measure one part after the other; one that fails is named among the notes."""
    results = []
    for name in names:
        began = time.monotonic()
        tell(f"Measuring {name} ...")
        try:
            results.append(await PARTS[name](plan))
        except _FAULTS as fault:
            traceback.print_exc()
            results.append(Result(rows=[], notes=[f"{name} failed: {type(fault).__name__}"]))
        tell(f"  took {time.monotonic() - began:.0f} s")
    return results


def keep(folder: Path, rows: list[Row], growth: list[Growth], notes: list[str]) -> None:
    """Write everything as JSON, every round's figure included, and the pictures."""
    raw = {
        "rows": [asdict(row) for row in rows],
        "growth": [asdict(one) for one in growth],
        "conditions": notes,
    }
    (folder / "bench.json").write_text(json.dumps(_finite(raw), indent=1, allow_nan=False))
    draw_ratios(folder / "bench.svg", rows)
    draw_growth(folder / "growth.svg", growth)


def _finite(raw: Any) -> Any:
    """Return `raw` with null for what never arrived; JSON knows no infinity."""
    if isinstance(raw, dict):
        return {name: _finite(value) for name, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_finite(value) for value in raw]
    return None if isinstance(raw, float) and not math.isfinite(raw) else raw


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
