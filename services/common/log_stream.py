"""The stream of a process's log lines, which are written many at a time.

A busy process would otherwise spend more on writing its lines, each with a system call of its own,
than on making them. A process that is killed loses those of the last moment; warnings and errors
are written at once, and so is everything at a clean end.
"""

import contextlib
import logging
import threading
import time
from typing import TextIO

_HELD_SECONDS = 0.05
_MOST_LINES = 500


class BatchingHandler(logging.Handler):
    """Writes lines to a stream, soon."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: list[str] = []
        self._something = threading.Event()
        threading.Thread(target=self._write_soon, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Add the line of a record; the caller holds the handler's lock."""
        try:
            self._lines.append(f"{self.format(record)}\n")
        except Exception:  # noqa: BLE001 - logging must not fail its caller, whatever is logged
            self.handleError(record)
        if record.levelno >= logging.WARNING or len(self._lines) >= _MOST_LINES:
            self.flush()
        elif not self._something.is_set():
            self._something.set()

    def flush(self) -> None:
        """Write what is buffered."""
        with self.lock or contextlib.nullcontext():  # a handler has one from the beginning
            lines, self._lines = self._lines, []
            self._something.clear()
            if lines:
                with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                    self._stream.write("".join(lines))
                    self._stream.flush()

    def close(self) -> None:
        """Write the rest."""
        self.flush()
        super().close()

    def _write_soon(self) -> None:
        while self._something.wait():
            time.sleep(_HELD_SECONDS)
            self.flush()
