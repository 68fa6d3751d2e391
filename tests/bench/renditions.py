"""Renditions: what cutting them costs, against sharp and pyvips.

Each contender is a process of one thread that cuts the same pictures in the same formats.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from PIL import Image, ImageChops

from deploy.local.settings import ROOT
from deploy.local.standin.painter.painting import paint
from services.common.platforms import PLATFORMS
from tests.bench.contenders.task import Target
from tests.bench.figures import OURS, Result, Row
from tests.bench.ssim import ssim
from tests.bench.stage import CONTENDERS, Plan, node

PART = "Renditions"

_PROMPTS = ("A lighthouse in a storm", "A castle at dawn", "A city at night", "A quiet forest")
TARGETS = tuple(
    Target(id=one, width=PLATFORMS[one].width, height=PLATFORMS[one].height)
    for one in ("instagram-post", "instagram-story", "twitter-post", "facebook-post")
)
_WHOLE = Target(id="whole", width=1200, height=800)
_CPU = "CPU ms a rendition"
QUALITY = 85
_SIZE, _SECONDS = (1536, 1024), 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float


async def measure(plan: Plan) -> Result:
    """Run the rounds; then hold what came out against the lossless rendition."""
    commands = contenders()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = pictures(folder)
        renditions = len(files) * len(TARGETS)
        taken_by_crop: dict[bool, dict[str, list[Round]]] = {}
        for smart in (False, True):
            task = write_task(folder, files, TARGETS, smart=smart)
            taken: dict[str, list[Round]] = {who: [] for who in commands}
            for _ in range(plan.rounds):
                for who, command in commands.items():
                    taken[who].append(run([*command[:2], str(task), *command[2:]]))
            rows += speed_rows(taken, renditions, smart)
            taken_by_crop[smart] = taken
        rows.append(aim_row(taken_by_crop, renditions))
        rows += quality_rows(folder, files, commands)
    return Result(rows=rows)


def contenders() -> dict[str, list[str]]:
    """Return the command of each contender that can run here; the task goes behind its second."""
    found = {OURS: python("ours.py"), "pyvips": python("vips.py")}
    if program := node():
        found["sharp"] = [program, str(CONTENDERS / "sharp.mjs")]
    return found


def python(script: str) -> list[str]:
    """Return the command of a contender that is written in Python."""
    return [sys.executable, str(CONTENDERS / script)]


def pictures(folder: Path) -> list[Path]:
    """Paint the pictures, with the grain of a photograph."""
    files = []
    for number, prompt in enumerate(_PROMPTS):
        grain = Image.effect_noise(_SIZE, 12)
        image = ImageChops.add(
            paint(prompt, *_SIZE), Image.merge("RGB", (grain, grain, grain)), offset=-128
        )
        files.append(folder / f"{number}.png")
        image.save(files[-1])
    return files


def write_task(
    folder: Path,
    files: Sequence[Path],
    targets: Sequence[Target],
    *,
    smart: bool = False,
    output: Path | None = None,
) -> Path:
    """Write what the contenders read."""
    task = folder / "task.json"
    wanted = [asdict(target) for target in targets]
    raw = {"files": [*map(str, files)], "targets": wanted, "quality": QUALITY, "smart": smart}
    task.write_text(json.dumps({**raw, "output": str(output) if output else None}))
    return task


def run(command: Sequence[str]) -> Round:
    """Run one process of one thread to its end."""
    environ = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
        "VIPS_CONCURRENCY": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    # The peak of a child is that of its parent if it is smaller, so a small one stands between.
    measured = [sys.executable, "-c", _PEAK, *command]
    done = subprocess.run(measured, check=True, capture_output=True, env=environ, timeout=_SECONDS)
    seconds, peak = done.stdout.decode().rsplit("\n", 1)
    return Round(**json.loads(seconds), peak_mb=int(peak) / 1024)


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(done.stdout, peak, sep="\\n", end="")
"""


def speed_rows(taken: dict[str, list[Round]], renditions: int, smart: bool) -> list[Row]:
    """Return what one rendition costs."""
    what = "smart crop" if smart else "centre crop"
    figures: tuple[tuple[str, Callable[[Round], float]], ...] = (
        (_CPU, lambda one: 1000 * one.cpu / renditions),
        ("peak MB", lambda one: one.peak_mb),
    )
    return [
        Row(
            part=PART,
            what=what,
            unit=unit,
            taken={who: [figure(one) for one in rounds] for who, rounds in taken.items()},
        )
        for unit, figure in figures
    ]


def aim_row(taken_by_crop: Mapping[bool, Mapping[str, list[Round]]], renditions: int) -> Row:
    """Return what our smart crop costs against the centre crop of the others."""
    centre, smart = taken_by_crop[False], taken_by_crop[True]
    rounds = {**centre, OURS: smart[OURS]}
    return Row(
        part=PART,
        what="our smart crop, their centre crop",
        unit=_CPU,
        taken={who: [1000 * one.cpu / renditions for one in took] for who, took in rounds.items()},
        aim="1.5x sharp",
    )


def quality_rows(
    folder: Path, files: Sequence[Path], commands: Mapping[str, list[str]]
) -> list[Row]:
    """Return how like the lossless rendition the files of each contender are, and how long.

    Of the whole picture: crops that are half a pixel apart could not be held against each other.
    """
    likeness, sizes = dict[str, list[float]](), dict[str, list[float]]()
    for who, command in commands.items():
        output = folder / who
        output.mkdir()
        task = write_task(folder, files, [_WHOLE], output=output)
        run([*command[:2], str(task), *command[2:]])
        alike, long = [], []
        for file in files:
            made = output / f"{file.stem}-{_WHOLE.id}.jpg"
            wanted = (_WHOLE.width, _WHOLE.height)
            lossless = Image.open(file).resize(wanted, Image.Resampling.LANCZOS)
            alike.append(ssim(Image.open(made), lossless))
            long.append(made.stat().st_size / 1000)
        likeness[who], sizes[who] = [mean(alike)], [mean(long)]
    what = f"the whole picture at {_WHOLE.width}x{_WHOLE.height}"
    return [
        Row(part=PART, what=what, unit="SSIM to lossless", taken=likeness, more_is_better=True),
        Row(part=PART, what=what, unit="kB", taken=sizes),
    ]
