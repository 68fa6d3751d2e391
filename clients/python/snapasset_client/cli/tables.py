"""CSV files as people and their spreadsheets write them: with commas, semicolons or tabs."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BEYOND = "\n"
"""In a row, the cells beyond those of the first line, as a list; no column has this name."""

_DELIMITERS = (",", ";", "\t")
_HEAD_CHARACTERS = 10_000


class Unreadable(Exception):
    """A file is no table; the text says why."""


@contextmanager
def open_table(path: Path) -> Iterator["csv.DictReader[str]"]:
    """Read a CSV file in the block by the columns that its first line names, in lower case.

    Raises Unreadable, OSError.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            delimiter = max(_DELIMITERS, key=file.readline(_HEAD_CHARACTERS).count)
            file.seek(0)
            reader = csv.DictReader(file, delimiter=delimiter, restkey=BEYOND, strict=True)
            reader.fieldnames = _names(reader.fieldnames)
            yield reader
        except UnicodeDecodeError as error:
            raise Unreadable("it is not UTF-8; save it as CSV UTF-8") from error
        except csv.Error as error:
            where = f"after line {reader.line_num}" if reader.line_num else "line 1"
            text = "a quotation mark is missing or too many, or a cell is too long"
            raise Unreadable(f"{where}: {text}") from error


def _names(head: Sequence[str] | None) -> list[str]:
    """Return the names without the empty ones that spreadsheets leave at the end."""
    names = [name.strip().lower() for name in head or ()]
    while names and not names[-1]:
        names.pop()
    return names
