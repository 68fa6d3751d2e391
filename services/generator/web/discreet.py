"""Makes text from elsewhere fit to be logged: printable, short and without our key."""

from services.generator.web.spellings import tame

_MOST_CHARACTERS = 500


class Discreet:
    """Makes text fit for a log, from which `secret` is removed."""

    def __init__(self, secret: str) -> None:
        self._forms = {secret, repr(secret)[1:-1]} - {""}

    def __call__(self, text: str) -> str:
        """Return `text` as it may be logged."""
        for form in self._forms:
            text = text.replace(form, "[secret]")
        return tame(text, _MOST_CHARACTERS)
