"""The results of a campaign: a CSV file with a row for each image, which is also what a second run
goes on from."""

import csv
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snapasset.gateway.v1 import jobs_pb2 as pb

from ..printable import printable
from .campaign import Row

COLUMNS = (
    "line",
    "prompt",
    "status",
    "platform",
    "width",
    "height",
    "url",
    "error",
    "job",
    "batch",
    "row",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What has become of a row so far."""

    status: str = ""
    job_id: str = ""
    batch_id: str = ""
    error: str = ""
    images: Sequence[pb.JobImage] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """True when another run has nothing to do for it."""
        return self.status == "completed" and bool(self.images)


def read_results(path: Path) -> Mapping[str, Outcome]:
    """Return the outcomes of an earlier run by the marks of their rows; none without such a file.

    Raises OSError.
    """
    found: dict[str, Outcome] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for cells in csv.DictReader(file):
                if not all(isinstance(cells.get(name), str) for name in COLUMNS):
                    continue
                one = found.setdefault(cells["row"], Outcome())
                one.status, one.error = cells["status"], cells["error"]
                one.job_id, one.batch_id = cells["job"], cells["batch"]
                if cells["url"] and cells["width"].isdigit() and cells["height"].isdigit():
                    one.images = [*one.images, _image(cells)]
    except (FileNotFoundError, UnicodeDecodeError, csv.Error):
        return found
    return found


def _image(cells: Mapping[str, str]) -> pb.JobImage:
    return pb.JobImage(
        platform_id=cells["platform"],
        width=int(cells["width"][:6]),
        height=int(cells["height"][:6]),
        url=cells["url"],
    )


def write_results(path: Path, rows: Iterable[tuple[Row, Outcome]]) -> None:
    """Write the file anew, or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for row, outcome in rows:
                writer.writerows(_lines(row, outcome))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _lines(row: Row, outcome: Outcome) -> Iterator[Sequence[str | int]]:
    ends: list[str | int] = [_cell(outcome.error), outcome.job_id, outcome.batch_id, row.mark]
    begins: list[str | int] = [row.line, _cell(row.order.prompt), _cell(outcome.status)]
    for one in outcome.images:
        yield [*begins, _cell(one.platform_id), one.width, one.height, _cell(one.url), *ends]
    if not outcome.images:
        yield [*begins, "", "", "", "", *ends]


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
