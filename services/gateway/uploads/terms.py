"""What an upload may take: bytes, time, space, and how long it is kept."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadTerms:
    """The operator's terms.

    A file has at most `most_bytes`, all of an owner's together `bytes_per_owner`. One takes at most
    `seconds` to arrive and may pause for `pause_seconds`.
    """

    most_bytes: int
    bytes_per_owner: int
    seconds: float
    pause_seconds: float
    kept_for: timedelta
