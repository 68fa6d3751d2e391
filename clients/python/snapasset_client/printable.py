"""Makes other people's text safe to show: to a terminal, control characters are commands."""


def printable(text: str) -> str:
    """Return `text` with every character escaped that is invisible or reorders the text.

    These are control, format and private-use characters, lone surrogates, and all spaces but " ".
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    r"""Return `\n`, `\x1b`, `\u202e` and the like."""
    return character.encode("unicode_escape").decode()
