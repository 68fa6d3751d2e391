"""The results of a campaign: a CSV file with a row for each image, which is also what a second run
goes on from."""

import csv
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snapasset.gateway.v1 import jobs_pb2 as pb

from ..errors import INVALID_REQUEST, SnapAssetError
from ..printable import printable
from .campaign import Row
from .tables import Unreadable, open_table

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

    What cannot be read is refused: without it, rows would be bought once more. Raises
    SnapAssetError, OSError.
    """
    try:
        with open_table(path) as reader:
            if not path.stat().st_size:
                return {}
            if unnamed := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise Unreadable(f"it has no column {unnamed[0]!r}")
            return _outcomes(reader)
    except FileNotFoundError:
        return {}
    except Unreadable as error:
        text = (
            f"Nothing was sent. {path} holds no results: {error}. Move it away, or give --results."
        )
        raise SnapAssetError(text, code=INVALID_REQUEST) from error


def _outcomes(reader: "csv.DictReader[str]") -> Mapping[str, Outcome]:
    found: dict[str, Outcome] = {}
    for cells in reader:
        if not all(isinstance(cells[name], str) for name in COLUMNS):
            raise Unreadable(f"line {reader.line_num} is not whole")
        one = found.setdefault(cells["row"], Outcome())
        one.status, one.error = cells["status"], cells["error"]
        one.job_id, one.batch_id = cells["job"], cells["batch"]
        if cells["url"] and cells["width"].isdigit() and cells["height"].isdigit():
            one.images = [*one.images, _image(cells)]
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
