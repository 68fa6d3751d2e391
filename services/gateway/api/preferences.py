"""Reads `Prefer`, as RFC 7240 writes it: what a caller would like, and need not get.

Preferences that nobody here knows are ignored, and so is what cannot be read.
"""

import re
from collections.abc import Iterator, Sequence

from services.common.contracts import LONGEST_WAIT_SECONDS

PREFER = "Prefer"

_BLANKS = r"[ \t]*"
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_VALUE = rf"(?:{_BLANKS}=(?:{_BLANKS}(?P<value>{_WORD}|{_QUOTED}))?)?"
_PREFERENCE = re.compile(rf"{_BLANKS}(?P<name>{_WORD}){_VALUE}{_BLANKS}(?:;.*)?")
_ELEMENT = re.compile(rf'[^,"]*(?:{_QUOTED}[^,"]*)*')
"""What stands between the commas of a list: a comma in quotes belongs to its element."""

_LONGEST = 1000
"""Matching takes time, and nobody has so many wishes."""

_WAIT = re.compile(r"0*([0-9]{1,9})|[0-9]+")


def wait_seconds(headers: Sequence[str]) -> int | None:
    """Return how long the caller wants to wait, 25 s at most; None when it does not say.

    `headers` are the values of all `Prefer` headers. Of several waits only the first one counts.
    """
    waits = (value for name, value in _preferences(",".join(headers)) if name == "wait")
    found = _WAIT.fullmatch(next(waits, ""))
    if not found:
        return None
    return min(int(found[1]), LONGEST_WAIT_SECONDS) if found[1] else LONGEST_WAIT_SECONDS


def _preferences(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each preference in lower case, with its value."""
    at = 0
    while at <= len(text) <= _LONGEST:
        element = _ELEMENT.match(text, at)
        end = element.end() if element else at
        if text[end : end + 1] == '"':  # it is never closed, so nobody knows what follows
            return
        if found := _PREFERENCE.fullmatch(text, at, end):
            yield found["name"].lower(), _unquoted(found["value"] or "")
        at = end + 1


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
