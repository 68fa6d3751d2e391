"""Whether a call to an image API has cost money, which decides what may happen next."""

from enum import StrEnum


class Charge(StrEnum):
    """What a purchase did to the account."""

    NOT_CHARGED = "not_charged"
    """Certainly free: it may be tried again, with another model or provider too."""
    CHARGED = "charged"
    """Certainly paid for, whatever came back: never bought again automatically."""
    UNKNOWN = "unknown"
    """The request was sent and no answer came back: it may have been charged."""
