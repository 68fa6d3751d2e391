"""Draws where the CPU time of one job goes: `make flame`.

py-spy looks at each Python process while jobs are done, 50 times a second. A process is as wide as
the CPU time that it took, and what stands below it shares that as py-spy saw it; Envoy and Redis
are not looked into. What waits is left out, and so are gRPC's own threads, which run no Python.
"""

import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path

import uvloop

from deploy.local.settings import ROOT
from tests.bench.figures import OURS
from tests.bench.renditions import pictures
from tests.bench.stage import Plan
from tests.bench.whole_job import running, turn_of

_JOBS, _RATE, _SECONDS = 20, "50", "600"
_PICTURE = ROOT / "docs" / "pictures" / "flame.svg"
_WIDTH, _ROW, _LEAST = 1000.0, 15, 2.5
_DEEPEST = 9
_COLOURS = ("#1b7f79", "#c8553d", "#d99a2b", "#6b7fb3", "#8a6d9e", "#7a9a4f", "#888888")

_WAITING = (
    "_worker (concurrent/futures",
    "Thread.run (threading",
    "Runner.run (asyncio",
    "_PollLikeSelector.select",
    "_HiredisParser.read_from_socket",
)

Stack = tuple[str, ...]


async def run(folder: Path) -> None:
    """Have jobs done while py-spy looks, and draw what it saw."""
    files = pictures(folder)
    plan = Plan(folder=folder, quick=True, tell=tell)
    async with running(plan, folder, [file.read_bytes() for file in files]) as contenders:
        ours = contenders[OURS]
        await turn_of(ours, 16, 0)
        spied = {name: some[0] for name, some in ours.processes.items() if some}
        with _spying(folder, {k: v for k, v in spied.items() if k not in ("envoy", "redis")}):
            turn = await turn_of(ours, _JOBS, 0)
    seen = {name: _seen(folder / f"{name}.txt") for name in turn.cpu_ms}
    _PICTURE.write_text(drawn(turn.cpu_ms, seen))
    tell(f"{turn.all_cpu_ms:.0f} CPU ms a job: {_PICTURE.relative_to(ROOT)}")


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


@contextmanager
def _spying(folder: Path, processes: Mapping[str, int]) -> Iterator[None]:
    options = ["record", "--nonblocking", "--rate", _RATE, "--duration", _SECONDS]
    program = Path(sys.executable).with_name("py-spy")
    spies = [
        subprocess.Popen(
            [
                str(program),
                *options,
                "--format",
                "raw",
                "-o",
                str(folder / f"{name}.txt"),
                "-p",
                str(pid),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, pid in processes.items()
    ]
    try:
        yield
    finally:
        for spy in spies:
            spy.send_signal(signal.SIGINT)
        for spy in spies:
            spy.wait(30)


def _seen(file: Path) -> Counter[Stack]:
    """Return how often each stack of our own frames was seen at work."""
    seen: Counter[Stack] = Counter()
    for line in file.read_text().splitlines() if file.exists() else ():
        frames, _, count = line.rpartition(" ")
        stack = frames.split(";")
        if not stack[-1].startswith(_WAITING):
            seen[tuple(_own(stack))] += int(count)
    return seen


def _own(stack: Iterable[str]) -> Iterator[str]:
    """Yield what is ours of a stack, one frame a function, and the first that is not below it."""
    last, foreign = "", False
    for frame in stack:
        name, _, place = frame.partition(" (")
        ours = "services/" in place and name not in ("main", "<module>")
        if ours and name != last:
            yield name
        elif not ours and last and not foreign:
            yield f"{name} ({place.split('/')[0]})"
        last, foreign = (name, False) if ours else (last, bool(last))


def drawn(cpu_ms: Mapping[str, float], seen: Mapping[str, Counter[Stack]]) -> str:
    """Return the picture: what calls stands above what it calls."""
    scale = _WIDTH / sum(cpu_ms.values())
    boxes, left = [], 0.0
    for (name, ms), colour in zip(
        sorted(cpu_ms.items(), key=lambda one: -one[1]), _COLOURS, strict=False
    ):
        boxes += _boxes(f"{name} {ms:.0f} ms", seen[name], left, ms * scale, 0, colour)
        left += ms * scale
    height = _ROW * _DEEPEST
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height}" '
        f'font-family="sans-serif" font-size="9">\n{"".join(boxes)}</svg>\n'
    )


def _boxes(
    name: str, seen: Counter[Stack], left: float, width: float, depth: int, colour: str
) -> list[str]:
    """Return a box and those below it, as far as they are wide enough to be seen."""
    if width < _LEAST or depth == _DEEPEST:
        return []
    boxes = [_box(name, left, width, depth, colour)]
    below: dict[str, Counter[Stack]] = {}
    for stack, count in seen.items():
        if stack:
            below.setdefault(stack[0], Counter())[stack[1:]] += count
    for called, stacks in sorted(below.items(), key=lambda one: -one[1].total()):
        part = width * stacks.total() / seen.total()
        boxes += _boxes(called, stacks, left, part, depth + 1, colour)
        left += part
    return boxes


def _box(name: str, left: float, width: float, depth: int, colour: str) -> str:
    shown = escape(name[: int(width / 5)])
    top, opacity = depth * _ROW, 1 - 0.07 * depth
    return (
        f'<g><title>{escape(name)}</title><rect x="{left:.1f}" y="{top}" width="{width - 0.5:.1f}" '
        f'height="{_ROW - 1}" fill="{colour}" opacity="{opacity:.2f}"/>'
        f'<text x="{left + 2:.1f}" y="{top + 10}" fill="#fff">{shown}</text></g>\n'
    )


def main() -> None:
    """Draw it."""
    with tempfile.TemporaryDirectory() as name:
        uvloop.run(run(Path(name)))


if __name__ == "__main__":
    main()
