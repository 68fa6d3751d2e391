"""Reads a table of platforms from JSON, ours or an operator's, and names every mistake in it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.common.targets import FORMATS, Covered, Platform
from services.common.text import shown

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""The id of a platform or the name of a size: it becomes part of the keys of stored images."""

ID_RULE = "must be 1 to 40 lower-case letters, digits and hyphens, with no hyphen at its ends"

MASTER = "master"
"""Stands in place of a platform's id for an image as it was bought."""

LEAST_SIDE, MOST_SIDE = 16, 4096
"""Of a rendition, in pixels."""

_MOST_COVERED, _MOST_ROWS, _LONGEST_TEXT, _LEAST_BYTES = 8, 200, 300, 10_000


class WrongTable(ValueError):
    """A table cannot be used; the message names every mistake."""


def read_rows(text: str) -> dict[str, Platform]:
    """Return the platforms of a JSON list of rows, by id and in their order. Raises WrongTable."""
    try:
        raw = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise WrongTable(f"it is not JSON: {error}") from error
    if not isinstance(raw, list) or not 1 <= len(raw) <= _MOST_ROWS:
        raise WrongTable(f"it must be a list of 1 to {_MOST_ROWS} rows")
    complaints = [f"row {at} {text}" for at, row in enumerate(raw, 1) for text in _complaints(row)]
    ids = [row.get("id") for row in raw if isinstance(row, dict)]
    complaints += [f"there are two rows {one}" for one in sorted({*map(str, _twice(ids))})]
    if complaints:
        raise WrongTable("; ".join(complaints))
    return {row["id"]: _platform(row) for row in raw}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if twice := [*_twice([name for name, _ in pairs])]:
        raise ValueError(f"the column {twice[0]} appears twice in one row")
    return dict(pairs)


def _complaints(row: Any) -> Iterator[str]:
    if not isinstance(row, dict):
        yield "must be an object"
        return
    if unknown := sorted(row.keys() - _COLUMNS.keys()):
        yield f"has unknown columns: {', '.join(unknown)}"
    if missing := sorted(_REQUIRED - row.keys()):
        yield f"lacks {', '.join(missing)}"
    for name, (is_right, must) in _COLUMNS.items():
        if name in row and not is_right(row[name]):
            yield f"{name} {must}"


def _platform(row: Mapping[str, Any]) -> Platform:
    given = {**row, "covered": tuple(map(_covered, row.get("covered", ())))}
    if "formats" in row:
        given["formats"] = tuple(row["formats"])
    return Platform(**given)


def _covered(edges: list[float]) -> Covered:
    left, top, right, bottom = edges
    return Covered(left=left, top=top, right=right, bottom=bottom)


def _twice(ids: list[Any]) -> Iterator[Any]:
    return (one for at, one in enumerate(ids) if one in ids[:at])


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None and value != MASTER


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()


def _is_name(value: Any) -> bool:
    return _is_text(value) and bool(shown(value))


def _is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_side(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value, LEAST_SIDE, MOST_SIDE)


def _is_ceiling(value: Any) -> bool:
    return value is None or (isinstance(value, int) and _is_number(value, _LEAST_BYTES, 2**31 - 1))


def _are_formats(value: Any) -> bool:
    are_texts = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
    return bool(are_texts) and set(value) <= set(FORMATS) and len(set(value)) == len(value)


def _are_covered(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_COVERED and all(map(_is_area, value))


def _is_area(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4:
        return False
    if not all(_is_number(edge, 0, 1) for edge in value):
        return False
    left, top, right, bottom = value
    return bool(left < right and top < bottom)


_TEXT_RULE = f"must be a single line of at most {_LONGEST_TEXT} characters"
_SIDE_RULE = f"must be {LEAST_SIDE} to {MOST_SIDE} pixels, a whole number"

_COLUMNS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "id": (_is_id, f"{ID_RULE}, and not {MASTER}"),
    "name": (_is_name, f"{_TEXT_RULE} that shows something"),
    "network": (_is_text, _TEXT_RULE),
    "width": (_is_side, _SIDE_RULE),
    "height": (_is_side, _SIDE_RULE),
    "max_bytes": (_is_ceiling, f"must be null, or {_LEAST_BYTES} or more, a whole number"),
    "formats": (_are_formats, f"must be a list of some of {', '.join(FORMATS)}, each once"),
    "covered": (
        _are_covered,
        f"must be a list of at most {_MOST_COVERED} areas [left, top, right, bottom] of 0 to 1",
    ),
    "source": (_is_text, _TEXT_RULE),
    "as_of": (_is_text, _TEXT_RULE),
}
"""Every column: which values it takes, and the complaint about any other."""

_REQUIRED = frozenset({"id", "name", "width", "height"})
