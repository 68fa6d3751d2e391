"""Turns the operating system's errors about files into ours."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from services.common.errors import StorageFull, Unavailable

logger = logging.getLogger(__name__)

NO_ROOM = "Storage is full: there is no room left to keep images."

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Raise StorageFull or Unavailable for an OSError in the block."""
    try:
        yield
    except OSError as error:
        logger.error("The disk failed: %s", error)
        if error.errno in _FULL:
            raise StorageFull(NO_ROOM) from error
        raise Unavailable("The disk failed to carry out the operation.") from error
