"""Pages that were only read are released, and pages that were written to stay."""

import mmap
import sys
from pathlib import Path

import pytest

from services.common.mapped_files import release_mapped_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is released")


def test_pages_that_were_read_are_released_and_what_was_written_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "library"
    file.write_bytes(bytes(mmap.PAGESIZE))
    with file.open("rb") as opened:
        read = mmap.mmap(opened.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ)
        written = mmap.mmap(opened.fileno(), 0, mmap.MAP_PRIVATE)
    assert read[0] == written[0] == 0
    written[0] = 1
    assert resident(file) == {"r--p": True, "rw-p": True}
    release_mapped_files()
    assert resident(file) == {"r--p": False, "rw-p": True}
    assert (read[0], written[0]) == (0, 1)


def resident(file: Path) -> dict[str, bool]:
    """Return whether memory is used for the mappings of a file, by their permissions."""
    found: dict[str, bool] = {}
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        if line.endswith(str(file)):
            used = next(each for each in lines if each.startswith("Rss:"))
            found[line.split()[1]] = used.split()[1] != "0"
    return found
