"""What is sent along with a request; gRPC fails without explanation if no header can carry it."""

import re

from .errors import INVALID_REQUEST, SnapAssetError

_CARRIED = re.compile(r"[\x20-\x7e]+")


def header(name: str, value: str, what: str) -> tuple[str, str]:
    """Return a header. Raises SnapAssetError, which does not repeat the value: it may be secret."""
    if _CARRIED.fullmatch(value):
        return name, value
    text = f"The {what} has characters that no header can carry; use visible ASCII alone."
    raise SnapAssetError(text, code=INVALID_REQUEST)
