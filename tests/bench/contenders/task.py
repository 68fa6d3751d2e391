"""What all contenders are given, and how long they take over it."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One rendition of each picture."""

    id: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Cut each file for each target; `smart` around what matters, else from the middle."""

    files: tuple[Path, ...]
    targets: tuple[Target, ...]
    quality: int
    smart: bool
    output: Path | None


def read_task() -> Task:
    """Return the task that stands in the file that the command line names."""
    raw = json.loads(Path(sys.argv[1]).read_text())
    return Task(
        files=tuple(Path(file) for file in raw["files"]),
        targets=tuple(Target(**target) for target in raw["targets"]),
        quality=raw["quality"],
        smart=raw["smart"],
        output=Path(raw["output"]) if raw["output"] else None,
    )


def measure(task: Task, cut: Callable[[Path], list[bytes]]) -> None:
    """Cut everything, after one file to warm up, and print how long it took."""
    cut(task.files[0])
    wall, cpu = time.perf_counter(), time.process_time()
    made = [cut(file) for file in task.files]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if task.output:
        for file, renditions in zip(task.files, made, strict=True):
            for target, data in zip(task.targets, renditions, strict=True):
                (task.output / f"{file.stem}-{target.id}.jpg").write_bytes(data)
    sys.stdout.write(json.dumps({"wall": wall, "cpu": cpu}))
