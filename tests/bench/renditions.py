"""Compares cutting renditions with sharp and pyvips: `python -m tests.bench.renditions`.

Needs the packages of requirements/bench.txt, and npm for sharp. Each contender is a process of one
thread that cuts the same pictures; rounds are interleaved, so that a busy moment hits all alike.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median

from PIL import Image, ImageChops

from deploy.local.standin.painter.painting import paint
from services.common.platforms import PLATFORMS
from tests.bench.contenders.task import Target
from tests.bench.ssim import ssim

_ROOT = Path(__file__).resolve().parents[2]
_HERE = Path(__file__).parent / "contenders"
_MODULES = _ROOT / "var" / "bench"
_SHARP = "sharp@0.35"
_PROMPTS = ("A lighthouse in a storm", "A castle at dawn", "A city at night", "A quiet forest")
_TARGETS = tuple(
    Target(id=one, width=PLATFORMS[one].width, height=PLATFORMS[one].height)
    for one in ("instagram-post", "instagram-story", "twitter-post", "facebook-post")
)
_WHOLE = Target(id="whole", width=1200, height=800)
_SIZE, _QUALITY, _SECONDS = (1536, 1024), 85, 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float


def main() -> None:
    """Run the rounds and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    commands = contenders()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = pictures(folder)
        for smart in (False, True):
            task = write_task(folder, files, _TARGETS, smart=smart)
            taken: dict[str, list[Round]] = {who: [] for who in commands}
            for _ in range(rounds):
                for who, command in commands.items():
                    taken[who].append(run([*command[:2], str(task), *command[2:]]))
            show(taken, len(files) * len(_TARGETS), smart)
        show_quality(folder, files, commands)


def contenders() -> dict[str, list[str]]:
    """Return the command of each contender that can run here; the task goes behind its second."""
    found = {"ours": [sys.executable, str(_HERE / "ours.py")]}
    try:
        import pyvips  # noqa: F401 - only to know
    except (ImportError, OSError):
        tell("pyvips is missing: install requirements/bench.txt")
    else:
        found["pyvips"] = [sys.executable, str(_HERE / "vips.py")]
    if node := shutil.which("node"):
        if not (_MODULES / "node_modules" / "sharp").exists():
            _MODULES.mkdir(parents=True, exist_ok=True)
            command = ["npm", "install", "--silent", "--prefix", str(_MODULES), _SHARP]
            subprocess.run(command, check=True, timeout=_SECONDS)
        found["sharp"] = [node, str(_HERE / "sharp.mjs"), str(_MODULES)]
    else:
        tell("node is missing: no sharp")
    return found


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
    raw = {"files": [*map(str, files)], "targets": wanted, "quality": _QUALITY, "smart": smart}
    task.write_text(json.dumps({**raw, "output": str(output) if output else None}))
    return task


def run(command: Sequence[str]) -> Round:
    """Run one process of one thread to its end."""
    environ = {
        **os.environ,
        "PYTHONPATH": f"{_ROOT}:{_ROOT / 'gen'}",
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


def show(taken: dict[str, list[Round]], renditions: int, smart: bool) -> None:
    """Print one table."""
    tell(f"\n{'Smart' if smart else 'Centre'} crop, {renditions} renditions a round:")
    tell("| | renditions/s of one core | spread | CPU ms a rendition | peak MB | to sharp |")
    tell("|---|---|---|---|---|---|")
    reference = median(one.cpu for one in taken.get("sharp", taken["ours"]))
    for who, rounds in taken.items():
        cpu = sorted(one.cpu for one in rounds)
        rates = [renditions / one for one in cpu]
        peak = max(one.peak_mb for one in rounds)
        tell(
            f"| {who} | {renditions / median(cpu):.1f} | {min(rates):.1f} to {max(rates):.1f} "
            f"| {1000 * median(cpu) / renditions:.1f} | {peak:.0f} "
            f"| {reference / median(cpu):.2f} |"
        )


def show_quality(folder: Path, files: Sequence[Path], commands: dict[str, list[str]]) -> None:
    """Print how like the lossless rendition the files of each contender are, and how long.

    Of the whole picture: crops that are half a pixel apart could not be held against each other.
    """
    tell(f"\nThe whole picture at {_WHOLE.width}x{_WHOLE.height}, against the lossless rendition:")
    tell("| | SSIM | bytes |")
    tell("|---|---|---|")
    for who, command in commands.items():
        output = folder / who
        output.mkdir()
        task = write_task(folder, files, [_WHOLE], output=output)
        run([*command[:2], str(task), *command[2:]])
        likeness, sizes = [], []
        for file in files:
            made = output / f"{file.stem}-{_WHOLE.id}.jpg"
            wanted = (_WHOLE.width, _WHOLE.height)
            lossless = Image.open(file).resize(wanted, Image.Resampling.LANCZOS)
            likeness.append(ssim(Image.open(made), lossless))
            sizes.append(made.stat().st_size)
        tell(f"| {who} | {mean(likeness):.4f} | {mean(sizes):.0f} |")


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
