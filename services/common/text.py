"""Text written by others: what we refuse in it, what is visible of it, and how a log prints it."""

import re
from collections.abc import Iterable

_REFUSED = (
    (0x0000, 0x0008),  # control characters other than tab and line ends
    (0x000B, 0x000C),
    (0x000E, 0x001F),
    (0x007F, 0x009F),
    (0x061C, 0x061C),  # marks, embeddings, overrides and isolates of the bidirectional algorithm
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2066, 0x206F),
    (0xFFF9, 0xFFFB),  # annotations, which hide text
)
"""Characters that steer a terminal or the order in which text is shown."""

_BLANK = (
    (0x0009, 0x000D),
    (0x0020, 0x0020),
    (0x00A0, 0x00A0),
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x1680, 0x1680),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2000, 0x200D),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x2065),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Invisible characters: spaces, joiners, fillers, selectors and tags."""


def _ranges(pairs: Iterable[tuple[int, int]]) -> str:
    return "".join(f"{_in_class(first)}-{_in_class(last)}" for first, last in pairs)


def _in_class(code: int) -> str:
    # Python, JavaScript and Rust all understand this spelling.
    return f"\\u{code:04X}" if code <= 0xFFFF else chr(code)


TAKEN = f"[^{_ranges(_REFUSED)}]"
"""A character that text may contain, as a regular expression."""

INK = f"[^{_ranges((*_REFUSED, *_BLANK))}]"
"""A visible character, as a regular expression."""

_REFUSED_ONE = re.compile(f"[{_ranges(_REFUSED)}]")
_SHOWN = re.compile(f"{INK}(?:[\\s\\S]*{INK})?")


def refused(text: str) -> str:
    """Return the first character of `text` that is refused, empty when there is none."""
    found = _REFUSED_ONE.search(text)
    return found[0] if found else ""


def shown(text: str) -> str:
    """Return `text` from its first visible character to its last."""
    found = _SHOWN.search(text)
    return found[0] if found else ""


def printable(text: str) -> str:
    r"""Return `text` with everything unprintable escaped, such as `\n`, `\x1b` or `\u202e`."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def shortened(text: str, most: int) -> str:
    """Return at most `most` characters of `text`, and how many more there were."""
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]}... ({left_out} characters more)"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
