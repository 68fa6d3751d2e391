"""A request that must make one job, however often it is sent."""

from dataclasses import dataclass

KEPT_SECONDS = 24 * 3600
"""How long Redis remembers the answer to such a request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """A request that must count once: where Redis keeps it, and a digest of its content."""

    key: str
    digest: str
