"""Which of an owner's jobs a list is about, and where it looks for them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.jobs import keys
from services.jobs.values import Job, Status

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_MS = 10**13
"""The first time that has more digits than a job's id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """One owner's jobs: all, or those that meet each condition given.

    `created_from` belongs to the stretch of time, `created_before` does not. `platform` is a
    platform's id or the name of a size.
    """

    owner: str
    status: Status | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    platform: str = ""
    batch_id: str = ""
    oldest_first: bool = False

    @property
    def index(self) -> str:
        """The sorted set that holds these jobs, and perhaps others."""
        if self.batch_id:
            return keys.jobs_of_batch(self.batch_id)
        return keys.owned(self.owner, self.status)

    def bounds(self, cursor: str) -> tuple[str, str]:
        """Return what ZRANGE BYLEX takes as the least and the greatest id behind `cursor`."""
        least = f"[gen-{_ms(self.created_from)}" if self.created_from else "-"
        most = f"(gen-{_ms(self.created_before)}" if self.created_before else "+"
        if not cursor:
            return least, most
        place = f"({cursor}"
        if self.oldest_first:
            return (place if least == "-" else max(least, place, key=_id)), most
        return least, (place if most == "+" else min(most, place, key=_id))

    @property
    def is_filtered(self) -> bool:
        """True when the index also holds jobs that are left out."""
        return self.platform != "" or self.batch_id != ""

    def holds(self, job: Job) -> bool:
        """Return whether a job of the index is one of these."""
        wanted = (*job.spec.platforms, *(size.name for size in job.spec.sizes))
        return (
            job.spec.user_id == self.owner
            and self.status in (None, job.status)
            and self.platform in ("", *wanted)
        )


def _ms(moment: datetime) -> str:
    """Return the first millisecond that is not before `moment`, as ids are written."""
    ms = -((_EPOCH - moment) // _MILLISECOND)
    return f"{min(max(ms, 0), _LAST_MS - 1):013d}"


def _id(bound: str) -> str:
    return bound[1:]
