"""A wall clock that jumps: preloaded into processes, compiled by whatever C compiler there is."""

import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("clock.c")


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of all processes that are started with `environ`."""

    library: Path
    offset_file: Path

    @property
    def environ(self) -> dict[str, str]:
        """What puts a process on this clock."""
        return {"LD_PRELOAD": str(self.library), "CLOCK_OFFSET_FILE": str(self.offset_file)}

    def jump_to(self, offset_seconds: int) -> None:
        """Be so much ahead of the time from now on; behind it when negative."""
        with self.offset_file.open("r+b") as file:  # in place: it is mapped
            file.write(struct.pack("q", offset_seconds))


def make_clock(folder: Path) -> Clock:
    """Compile the clock, or skip the test where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("a clock that jumps needs Linux and a C compiler")
    clock = Clock(folder / "clock.so", folder / "offset")
    clock.offset_file.write_bytes(struct.pack("q", 0))
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(clock.library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return clock
