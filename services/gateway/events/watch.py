"""What one watcher of a job still has to see."""

import asyncio
import contextlib

from services.jobs.values import Change


class Watch:
    """The latest change and the latest preview; never a backlog."""

    def __init__(self, wake: asyncio.Event | None = None) -> None:
        """`wake` is set whenever there is something to see; several watches may share it."""
        self._wake = wake or asyncio.Event()
        self._latest: Change | None = None
        self._preview: Change | None = None
        self._anew = False
        self._closed = False

    @property
    def closed(self) -> bool:
        """True once the watcher is to end its stream."""
        return self._closed

    def put(self, change: Change) -> None:
        """Offer a change; one older than what was already seen is ignored."""
        if change.type == "preview":
            self._preview = change
        elif self._latest is None or change.sequence > self._latest.sequence:
            self._latest = change
        self._wake.set()

    def begin_anew(self, change: Change) -> None:
        """Offer the state after a break, even if its sequence is lower: Redis may have come back
        without the last changes before it died."""
        self._latest, self._preview, self._anew = change, None, True
        self._wake.set()

    def close(self) -> None:
        """Let the watcher end its stream: the process stops."""
        self._closed = True
        self._wake.set()

    async def next(self, seen: int, timeout_seconds: float) -> list[Change] | None:
        """Return what happened after sequence `seen`: [] after the timeout, None when closed.

        After a break this may be the current state once more.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while not self._closed:
                    await self._wake.wait()
                    self._wake.clear()
                    if new := self._after(seen):
                        return new
        return None if self._closed else []

    def _after(self, seen: int) -> list[Change]:
        offered = [change for change in (self._preview, self._latest) if change]
        self._preview = None
        if self._anew:
            self._anew, seen = False, -1
        return sorted((c for c in offered if c.sequence > seen), key=lambda c: c.sequence)
