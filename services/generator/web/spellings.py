"""Reads what servers write in many ways: base64, odd JSON, and text that is not ours."""

import json
import re
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import jiter
import pybase64

from services.common.text import TAKEN

_DATA_URL = re.compile(r"\s*data:[^,]{0,200},", re.IGNORECASE)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\r\n\f\v"

_IMAGE = re.compile(r'"(b64_json|url)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")')
"""A member that holds an image, in JSON that can't be parsed."""

_TAKEN = re.compile(f"{TAKEN}+")


def is_data_url(text: str) -> bool:
    """Return whether `text` is a data URL."""
    return bool(_DATA_URL.match(text))


def from_base64(text: str) -> bytes:
    """Return the bytes of base64 text. Raises ValueError for anything else.

    It may be a data URL, broken into lines, of the URL-safe alphabet, or without its padding.
    """
    with suppress(ValueError):  # most write it plainly
        return pybase64.b64decode(text, validate=True)
    if prefix := _DATA_URL.match(text):
        text = text[prefix.end() :]
        if "%" in text:
            text = unquote(text)
    plain = text.encode("ascii").translate(_URL_SAFE, _SPACE).rstrip(b"=")
    return pybase64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def from_json(data: bytes) -> Any:
    """Return the value of a JSON text, or else an object with just the images in it.

    What surrounds a paid image must not lose it: invalid UTF-8, control characters, numbers of
    thousands of digits, endlessly nested values. Raises ValueError where there is
    neither a value nor an image.
    """
    with suppress(ValueError):  # most write it plainly
        return jiter.from_json(data, cache_mode="none")
    text = data.decode("utf-8-sig", errors="replace")
    try:
        return json.loads(text, strict=False, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        members = _IMAGE.findall(text)
        if not members:
            raise ValueError("no JSON") from error
        return {"data": [{name: json.loads(value, strict=False)} for name, value in members]}


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) < 20 else float(digits[:300])


def tame(text: object, most: int) -> str:
    """Return `text` safe to keep, log and show, cut to so many characters.

    Control characters and halves of surrogate pairs are dropped. Anything but text becomes "".
    """
    if not isinstance(text, str):
        return ""
    whole = text[: 4 * most].encode(errors="ignore").decode()
    return "".join(_TAKEN.findall(whole))[:most]
