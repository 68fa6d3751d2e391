"""Turns what the operating system says about a file into our errors."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from services.common.errors import StorageFull, Unavailable

logger = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Raise StorageFull or Unavailable for an OSError of the block."""
    try:
        yield
    except OSError as error:
        logger.error("The disk failed: %s", error)
        if error.errno in _FULL:
            raise StorageFull("There is no room left to store anything.") from error
        raise Unavailable("The disk does not do what it is asked.") from error
