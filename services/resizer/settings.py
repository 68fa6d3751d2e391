"""The settings of the resizer."""

import os
from dataclasses import dataclass

from services.common.setting_checks import not_negative, port_number, positive
from services.common.settings import setting
from services.resizer.signing.settings import SigningSettings

LARGEST_SIDE = 16_383
"""The limit of WebP (RFC 9649, section 3.4); JPEG and PNG allow more."""


def _side(value: int) -> str | None:
    return None if 0 < value <= LARGEST_SIDE else f"must be 1 to {LARGEST_SIDE}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResizerSettings(SigningSettings):
    """The resizer's settings; `most_bytes` says how much memory follows from them."""

    port: int = setting("RESIZER_PORT", "port of the resizer", default=50053, check=port_number)
    max_bytes: int = setting(
        "RESIZER_MAX_BYTES", "most bytes of a master", default=32 * 1024 * 1024, check=positive
    )
    max_pixels: int = setting(
        "RESIZER_MAX_PIXELS",
        "most pixels of a master, and of all renditions of one call together",
        default=40_000_000,
        check=positive,
    )
    max_side: int = setting(
        "RESIZER_MAX_SIDE", "longest side of a rendition in pixels", default=4096, check=_side
    )
    concurrency: int = setting(
        "RESIZER_CONCURRENCY",
        "threads that decode, resize and encode; the number of CPUs unless set",
        default=os.cpu_count() or 1,
        check=positive,
    )
    queue: int = setting(
        "RESIZER_QUEUE",
        "how many calls may wait before others are turned away",
        default=32,
        check=not_negative,
    )
    deadline_seconds: float = setting(
        "RESIZER_DEADLINE_SECONDS",
        "how long a call may take, including its wait and its upload",
        default=60.0,
        check=positive,
    )

    @property
    def most_bytes(self) -> int:
        """The most memory that all calls together take, besides the program itself.

        Each thread decodes with 18 bytes a pixel, or writes with 40 (AVIF does), and two masters a
        thread are kept, as they came and with 4 bytes a pixel. A waiting call keeps nothing but
        what gRPC reads ahead.
        """
        at_work = max(18 * self.max_pixels, 40 * min(self.max_pixels, self.max_side**2))
        kept = 2 * (self.max_bytes + 4 * self.max_pixels)
        return self.concurrency * (at_work + kept)
