"""Estimates how far a purchase has got, since the provider does not say."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

EXPECTED_SECONDS = {"low": 10.0, "high": 90.0, "hd": 90.0}
"""How long a model usually paints, by the quality of the order. It only shapes the progress
curve."""

_USUAL_SECONDS = 30.0
"""The same for all other qualities."""

PAINTED = 90
"""Waiting never shows more than this percentage."""


def eased(start: float, elapsed_seconds: float, quality: str) -> float:
    """Return the percentage some time after it was `start`: closer to PAINTED, ever slower."""
    expected = EXPECTED_SECONDS.get(quality, _USUAL_SECONDS)
    return PAINTED - (PAINTED - start) * math.exp(-2 * elapsed_seconds / expected)


class Meter:
    """The progress of one purchase: it never falls, and `tell` is called once for each change.

    It moves with time, and jumps with each of the `wanted` partial images.
    """

    def __init__(self, quality: str, wanted: int, tell: Callable[[int, str], None]) -> None:
        self._quality = quality
        self._wanted = wanted
        self._tell = tell
        self._partials = 0
        self._start = 0.0
        self._since = asyncio.get_running_loop().time()
        self._told = (-1, "")

    def partial_came(self) -> None:
        """Jump ahead, unless time has already brought it further."""
        self._partials = min(self._partials + 1, self._wanted)
        self._start = max(self._eased(), PAINTED * self._partials / (self._wanted + 1))
        self._since = asyncio.get_running_loop().time()

    def painting(self, message: str) -> None:
        """Show the current percentage."""
        self.at(int(self._eased()), message)

    def at(self, percent: int, message: str) -> None:
        """Show `percent`, or what was shown before if that is more."""
        told = (max(percent, self._told[0]), message)
        if told != self._told:
            self._told = told
            self._tell(*told)

    def _eased(self) -> float:
        elapsed = asyncio.get_running_loop().time() - self._since
        return eased(self._start, elapsed, self._quality)


@asynccontextmanager
async def ticking(tick: Callable[[], None], every_seconds: float) -> AsyncIterator[None]:
    """Call `tick` at once, and repeatedly while the block runs."""

    async def tick_forever() -> None:
        while True:
            await asyncio.sleep(every_seconds)
            tick()

    tick()
    task = asyncio.create_task(tick_forever())
    try:
        yield
    finally:
        task.cancel()
