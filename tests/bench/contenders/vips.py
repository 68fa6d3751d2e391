"""libvips through pyvips: decoded once, then one thumbnail after another."""

from pathlib import Path
from typing import Any

import pyvips

from tests.bench.contenders.task import measure, read_task


def main() -> None:
    """Do the task."""
    task = read_task()
    interesting = "attention" if task.smart else "centre"

    def cut(file: Path) -> list[bytes]:
        master: Any = pyvips.Image.new_from_file(str(file)).copy_memory()
        return [
            bytes(
                master.thumbnail_image(
                    one.width, height=one.height, crop=interesting, size="both"
                ).jpegsave_buffer(Q=task.quality, interlace=True, subsample_mode="on")
            )
            for one in task.targets
        ]

    measure(task, cut)


if __name__ == "__main__":
    main()
