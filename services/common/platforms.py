"""The platforms that images are cut for: the rows of platforms.json and the operator's own."""

from collections.abc import Mapping
from pathlib import Path

from services.common.platform_rows import WrongTable, read_rows
from services.common.refusal import CannotStart
from services.common.targets import Platform

PLATFORMS: Mapping[str, Platform] = read_rows(
    Path(__file__).with_name("platforms.json").read_text("utf-8")
)
"""Our table by id, in listing order. A row is never removed: jobs and clients refer to it.

`max_bytes` is the longest file that the platform takes, and `formats` leaves out what it is
documented to refuse. `covered` is what its app lays over the image; each row has its source.
"""

_LONGEST_FILE = 1_000_000


def read_platforms(file: Path | None, *, instead: bool = False) -> Mapping[str, Platform]:
    """Return our table with the operator's rows added to it, or the operator's `instead` of ours.

    An operator's row replaces ours with the same id. Raises CannotStart naming every mistake in
    the file.
    """
    if file is None:
        return PLATFORMS
    try:
        if file.exists() and not file.is_file():
            raise WrongTable("it must be a file")
        if file.stat().st_size > _LONGEST_FILE:
            raise WrongTable(f"it must be shorter than {_LONGEST_FILE:,} bytes")
        own = read_rows(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CannotStart(f"PLATFORMS_FILE {file} cannot be used: {error}") from error
    return own if instead else {**PLATFORMS, **own}
