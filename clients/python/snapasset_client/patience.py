"""How long a call may take, whether it is tried again, and after how long."""

import random
from dataclasses import dataclass

import grpc

from .errors import NETWORK_ERROR, STREAM_ENDED, TIMEOUT, SnapAssetError

_LONGEST_BACKOFF_SECONDS = 15.0
_LOST = (NETWORK_ERROR, STREAM_ENDED, TIMEOUT)
_BROKEN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """`timeout_seconds` is for one try; a pause beyond `max_wait_seconds` is an error at once.

    Streams: a connection is given up after `silence_seconds` (three heartbeats), and the whole
    watch after `max_failures` connections in a row that brought nothing new.
    """

    timeout_seconds: float = 30.0
    attempts: int = 4
    backoff_seconds: float = 0.5
    max_wait_seconds: float = 60.0
    silence_seconds: float = 45.0
    max_failures: int = 10

    def pause_before(
        self, error: SnapAssetError, failures: int, *, repeatable: bool
    ) -> float | None:
        """Return the seconds before the next try, or None when there must be none.

        A limit, or an UNAVAILABLE that names a time, means that the API has not begun: any call
        may be repeated. After other failures that is not known, so only a `repeatable` call is.
        """
        told = error.retry_after_seconds
        limited = error.grpc_code is grpc.StatusCode.RESOURCE_EXHAUSTED and told is not None
        refused = error.grpc_code is grpc.StatusCode.UNAVAILABLE and told is not None
        lost = error.code in _LOST or error.grpc_code is grpc.StatusCode.UNAVAILABLE
        if not (limited or refused or (lost and repeatable)):
            return None
        # At least a backoff, even when the API says "at once".
        pause = max(told or 0.0, self._backoff(failures))
        return pause if pause <= self.max_wait_seconds else None

    def pause_before_stream(self, error: SnapAssetError, failures: int) -> float | None:
        """The same for a stream, which may always be repeated, even a broken one."""
        if failures > self.max_failures:
            return None
        if error.grpc_code in _BROKEN and error.retry_after_seconds is None:
            return self._backoff(failures)
        return self.pause_before(error, failures, repeatable=True)

    def _backoff(self, failures: int) -> float:
        full = min(_LONGEST_BACKOFF_SECONDS, self.backoff_seconds * 2.0 ** (failures - 1))
        return full * random.uniform(0.5, 1)  # noqa: S311 - spreads clients, guards nothing
