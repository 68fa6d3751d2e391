"""What can be wrong with a picture file, also as one process tells another."""

from enum import Enum, auto

FLAW = "flaw"
"""The fact of an error that names the flaw of the picture that was refused."""


class Flaw(Enum):
    """Why a picture file is not opened."""

    UNKNOWN_FORMAT = auto()
    BROKEN = auto()
    TOO_MANY_PIXELS = auto()
    TOO_MANY_SCANS = auto()
