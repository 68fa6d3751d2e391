"""Whether a call to an image API has cost money: the outcome that decides what may follow."""

from enum import StrEnum


class Charge(StrEnum):
    """How a purchase ended, as far as money goes."""

    NOT_CHARGED = "not_charged"
    """Certainly free: it may be tried again, elsewhere too."""
    CHARGED = "charged"
    """Certainly paid, whatever came back: never bought again by itself."""
    UNKNOWN = "unknown"
    """The request was sent and the answer is missing: it may have been paid."""
