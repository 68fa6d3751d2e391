"""Bounds the wait for a time-stamp authority: nothing is ever lost because it does not answer."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from services.resizer.signing.pen import CannotSign

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
"""How long an authority is left alone after a failure. The SDK gives up on a call after 30 s and
cannot be told otherwise, so by then no thread waits any more."""


class Stamps:
    """Signs with a time stamp where the authority gives one within `seconds`."""

    def __init__(
        self,
        threads: ThreadPoolExecutor,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threads = threads
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._closed_until = 0.0

    def sign(self, stamped: Callable[[], bytes], plain: Callable[[], bytes]) -> bytes:
        """Return what `stamped` returns, or else what `plain` does. Raises CannotSign."""
        if not self._is_open():
            return plain()
        attempt: Future[bytes] = self._threads.submit(stamped)
        try:
            return attempt.result(self._seconds)
        except (CannotSign, TimeoutError) as error:
            attempt.cancel()
            self._close(error)
            return plain()

    def _is_open(self) -> bool:
        with self._lock:
            return self._clock() >= self._closed_until

    def _close(self, error: Exception) -> None:
        with self._lock:
            self._closed_until = self._clock() + PAUSE_SECONDS
        words = "There is no time stamp; the authority is left alone for %g s: %s"
        logger.warning(words, PAUSE_SECONDS, error or "it took too long")
