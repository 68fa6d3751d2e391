"""Reads what an error answer says, in the shapes of OpenAI, Azure, FastAPI, LiteLLM and others."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.generator.web.spellings import from_json, tame

_MOST_TEXT = 2000
_DEPTH = 6

_NAMES = ("code", "type", "error_code", "status")
"""Members that hold the name of a fault, the most telling first."""

_TEXTS = ("message", "msg", "detail", "title", "error_description", "error", "reason")
"""Members that hold words about it."""

_WITHIN = ("innererror", "inner_error", "error", "detail", "details", "errors", "body")
"""Members that hold another error, or a list of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """What was said: names of the fault in lower case without punctuation, most telling first.

    `params` are the parameters that it names, `text` is everything that it says in words.
    """

    names: tuple[str, ...] = ()
    params: frozenset[str] = frozenset()
    text: str = ""


def complaint_in(body: object) -> Complaint:
    """Return what a parsed answer says about its fault."""
    found = list(_errors_in(body, _DEPTH))
    names = [_plain(one.get(key)) for key in _NAMES for one in found]
    params = {param for one in found for param in _params(one)}
    texts = [body] if isinstance(body, str) else [one.get(key) for one in found for key in _TEXTS]
    words = dict.fromkeys(filter(None, (tame(text, _MOST_TEXT) for text in texts)))
    return Complaint(
        names=tuple(dict.fromkeys(name for name in names if name and not name.isdigit())),
        params=frozenset(params),
        text=" ".join(words)[:_MOST_TEXT],
    )


def complaint_of(data: bytes) -> Complaint:
    """Return what the body of an error answer says, whatever it is."""
    try:
        return complaint_in(from_json(data))
    except ValueError:
        return complaint_in(data[: 4 * _MOST_TEXT].decode(errors="replace"))


def _errors_in(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    """Yield every object in `value` that describes an error, the outermost first."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:10]:
            yield from _errors_in(item if not isinstance(item, str) else {"msg": item}, depth - 1)
    elif isinstance(value, Mapping):
        yield value
        for key in _WITHIN:
            yield from _errors_in(value.get(key), depth - 1)


def _params(error: Mapping[str, object]) -> Iterator[str]:
    param, place = error.get("param"), error.get("loc")
    if isinstance(param, str):
        yield param
    if isinstance(place, list):  # FastAPI: ["body", "partial_images"]
        yield from (str(part) for part in place[:10])


def _plain(name: object) -> str:
    if not isinstance(name, str | int) or isinstance(name, bool):
        return ""
    return re.sub(r"[^a-z0-9]", "", str(name)[:200].lower())
