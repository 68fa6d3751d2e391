"""Text of others as we may log it: tame, short, and without our key in it."""

from services.generator.web.spellings import tame

_MOST_CHARACTERS = 500


class Discreet:
    """Makes text fit for a log; `secret` is what must not stand there."""

    def __init__(self, secret: str) -> None:
        self._forms = {secret, repr(secret)[1:-1]} - {""}

    def __call__(self, text: str) -> str:
        """Return `text` as it may be logged."""
        for form in self._forms:
            text = text.replace(form, "[secret]")
        return tame(text, _MOST_CHARACTERS)
