"""How long a new job will probably take, judging by recent jobs and the line ahead of it."""

import time

from services.jobs.figures import Figures
from services.jobs.values import Status

_FIRST_GUESS_SECONDS = 30.0
"""Before the first job has completed: the guide's example, and what image models usually take."""

_FRESH_SECONDS = 2.0


class DurationEstimate:
    """Measures at most every two seconds, however many jobs are created."""

    def __init__(
        self, figures: Figures, slots_per_worker: int, silent_after_seconds: float
    ) -> None:
        self._figures = figures
        self._slots = slots_per_worker
        self._silent_after_seconds = silent_after_seconds
        self._until = 0.0
        self._usual_seconds = self._seconds = _FIRST_GUESS_SECONDS

    async def seconds(self) -> float:
        """Return the estimate."""
        if time.monotonic() > self._until:
            self._seconds = await self._measure()
            self._until = time.monotonic() + _FRESH_SECONDS
        return self._seconds

    async def words(self, masters: int) -> str:
        """Return the estimate for people: "30 seconds", "4 minutes".

        The job buys its `masters` one after the other; most jobs buy one.
        """
        seconds = max(1, round(await self.seconds() + (masters - 1) * self._usual_seconds))
        if seconds < 120:
            return f"{seconds} second{'s' if seconds > 1 else ''}"
        return f"{round(seconds / 60)} minutes"

    async def _measure(self) -> float:
        self._usual_seconds = await self._figures.usual_seconds() or _FIRST_GUESS_SECONDS
        counts = await self._figures.counts()
        workers = max(1, await self._figures.workers(self._silent_after_seconds))
        ahead = counts[Status.WAITING] + counts[Status.ACTIVE] - await self._figures.giving_way()
        return self._usual_seconds * (1 + max(0, ahead) // (workers * self._slots))
