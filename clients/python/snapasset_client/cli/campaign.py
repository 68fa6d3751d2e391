"""Reads a campaign: a CSV file with a job in each row. Bad rows are named before any is sent."""

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.options.v1 import fields_pb2

from ..errors import INVALID_REQUEST, SnapAssetError
from .tables import BEYOND, Unreadable, open_table
from .values import size

_WORD, _NUMBER = FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_INT32
OPTIONS: Mapping[str, FieldDescriptor] = {
    field.name: field
    for field in pb.JobOptions.DESCRIPTOR.fields
    if field.cpp_type in (_WORD, _NUMBER) and field.default_value != []
}
"""The options that are one word or number, by the names of their columns. A list's default tells it
in each protobuf that the client supports; `is_repeated` is of the newer ones."""

_PROMPT = (
    pb.CreateJobRequest.DESCRIPTOR.fields_by_name["prompt"]
    .GetOptions()
    .Extensions[fields_pb2.bounds]
)
COLUMNS = ("prompt", "platforms", "sizes", *OPTIONS)
_MOST_ROWS = 10_000
_MOST_NAMED = 20
_MOST_DIGITS = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A job of the campaign. `mark` is the same whenever the same row is read again, and another
    one for a row that says the same a second time."""

    line: int
    order: pb.CreateJobRequest
    mark: str


def read_campaign(path: Path, user_id: str, platforms: Collection[str]) -> Sequence[Row]:
    """Return the rows in their order. Raises SnapAssetError naming each bad one, OSError."""
    try:
        with open_table(path) as reader:
            return _rows(reader, user_id, platforms)
    except Unreadable as error:
        raise _refused([str(error)]) from error


def _rows(reader: "csv.DictReader[str]", user_id: str, platforms: Collection[str]) -> Sequence[Row]:
    if unfit := _mistake_of(reader.fieldnames or ()):
        raise _refused([f"line 1 {unfit}; there are {', '.join(COLUMNS)}"])
    rows: list[Row] = []
    wrong: list[str] = []
    seen = Counter[bytes]()
    for cells in reader:
        line = reader.line_num
        beyond = cells.pop(BEYOND, ())
        if any(map(str.strip, beyond)):
            wrong.append(f"line {line}: it has more cells than line 1")
            continue
        if not any(map(str.strip, filter(None, cells.values()))):
            continue
        found = [*_mistakes(cells, platforms)]
        wrong += [f"line {line}: {text}" for text in found]
        if not found:
            order = _order(cells, user_id)
            written = order.SerializeToString(deterministic=True)
            seen[written] += 1
            mark = hashlib.sha256(b"%d " % seen[written] + written).hexdigest()
            rows.append(Row(line=line, order=order, mark=mark))
    if len(rows) > _MOST_ROWS:
        wrong.append(f"it has {len(rows)} rows, and may have {_MOST_ROWS}")
    if wrong or not rows:
        raise _refused(wrong or ["it has no rows below the names of its columns"])
    return rows


def _mistake_of(names: Sequence[str]) -> str:
    """Return what is wrong with the names of the columns, "" when nothing is."""
    if "prompt" not in names:
        return "must name the columns, prompt among them"
    if unknown := [name for name in names if name not in COLUMNS]:
        return f"names a column {unknown[0]!r}"
    twice = [name for name in COLUMNS if names.count(name) > 1]
    return f"names the column {twice[0]!r} twice" if twice else ""


def _mistakes(cells: Mapping[str, str | None], platforms: Collection[str]) -> Iterator[str]:
    if None in cells.values():
        yield "it has fewer cells than line 1"
        return
    prompt, least, most = _cell(cells, "prompt"), _PROMPT.min_length, _PROMPT.max_length
    if not least <= len(prompt) <= most:
        yield f"prompt must have {least} to {most:,} characters, has {len(prompt)}"
    asked = _words(cells, "platforms")
    if unknown := [one for one in asked if one not in platforms]:
        yield f"platforms: {unknown[0]!r} is unknown; see snapasset platforms"
    if len(set(asked)) < len(asked):
        yield "platforms: one is named twice"
    if not asked and not _words(cells, "sizes"):
        yield "say what to cut the image for: platforms or sizes"
    for one in _words(cells, "sizes"):
        try:
            size(one)
        except argparse.ArgumentTypeError as error:
            yield f"sizes {error}"
    yield from _option_mistakes(cells)


def _option_mistakes(cells: Mapping[str, str | None]) -> Iterator[str]:
    for name, field in OPTIONS.items():
        word, bounds = _cell(cells, name), field.GetOptions().Extensions[fields_pb2.bounds]
        if word and field.cpp_type == _NUMBER:
            if not _is_within(word, bounds):
                yield f"{name} must be {bounds.minimum:g} to {bounds.maximum:g}"
        # A form takes other words beside its choices; the API checks those.
        elif word and bounds.choices and not bounds.form and word not in bounds.choices:
            yield f"{name} must be one of {', '.join(bounds.choices)}"


def _is_within(word: str, bounds: fields_pb2.Bounds) -> bool:
    is_number = word.isascii() and word.isdigit()
    return is_number and bounds.minimum <= int(word[:_MOST_DIGITS]) <= bounds.maximum


def _order(cells: Mapping[str, str | None], user_id: str) -> pb.CreateJobRequest:
    words = {name: _cell(cells, name) for name in OPTIONS}
    options = pb.JobOptions()
    for name, word in words.items():
        if word:
            setattr(options, name, int(word) if OPTIONS[name].cpp_type == _NUMBER else word)
    return pb.CreateJobRequest(
        user_id=user_id,
        prompt=_cell(cells, "prompt"),
        platforms=_words(cells, "platforms"),
        sizes=[size(one) for one in _words(cells, "sizes")],
        options=options,
    )


def _cell(cells: Mapping[str, str | None], name: str) -> str:
    return (cells.get(name) or "").strip()


def _words(cells: Mapping[str, str | None], name: str) -> list[str]:
    """Return the words of a cell, which blanks, commas or semicolons divide."""
    return _cell(cells, name).replace(",", " ").replace(";", " ").split()


def _refused(wrong: Sequence[str]) -> SnapAssetError:
    named = "; ".join(wrong[:_MOST_NAMED])
    more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
    return SnapAssetError(f"Nothing was sent. {named}{more}.", code=INVALID_REQUEST)
