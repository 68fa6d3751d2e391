"""What is known about a stored object."""

from dataclasses import dataclass
from datetime import datetime

from services.common.keys import ObjectKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectFacts:
    """The facts that travel with the bytes. `stored_at` is in UTC, to the millisecond."""

    key: ObjectKey
    content_type: str
    size_bytes: int
    sha256: str
    stored_at: datetime
