"""Makes text of others safe to show: on a terminal, control characters are commands."""


def printable(text: str) -> str:
    """Return `text` with everything that shows nothing, or reorders what is shown, escaped.

    That is control, format and private characters, lone surrogates, and all spaces but " ".
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    r"""Return `\n`, `\x1b`, `\u202e` and the like."""
    return character.encode("unicode_escape").decode()
