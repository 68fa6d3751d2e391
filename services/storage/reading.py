"""Reads an object or a range of it, and notices missing or different bytes."""

import hashlib
import logging
from typing import Protocol

from services.common.channels import CHUNK_BYTES
from services.common.errors import InternalError, RangeNotSatisfiable, Unavailable
from services.common.keys import ObjectKey
from services.storage.facts import ObjectFacts

logger = logging.getLogger(__name__)


class RangeSource(Protocol):
    """The bytes of a range, as an adapter has opened them."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end. Raises what the store raises."""
        ...

    def close(self) -> None:
        """Release what is held, even in the middle of the range."""
        ...


class Reading:
    """A range of an object that is open for reading; blocks, and must be closed."""

    def __init__(
        self, facts: ObjectFacts, source: RangeSource, offset: int, length: int | None
    ) -> None:
        self.facts = facts
        self._source = source
        self._left = span(facts.size_bytes, offset, length)
        self._whole = self._left == facts.size_bytes
        self._hash = hashlib.sha256()

    def read(self) -> bytes:
        """Return the next chunk, or nothing at the end.

        Raises Unavailable when the store ends early, and InternalError after the last chunk of a
        whole object whose bytes are not those that were stored.
        """
        if not self._left:
            return b""
        chunk = self._source.read(min(CHUNK_BYTES, self._left))
        if not chunk:
            raise Unavailable("The store broke off before the end of the object.")
        self._left -= len(chunk)
        if self._whole:
            self._hash.update(chunk)
        if self._whole and not self._left and self._hash.hexdigest() != self.facts.sha256:
            raise damaged(self.facts.key, "its bytes do not have its checksum")
        return chunk

    def read_all(self) -> bytes:
        """Return all bytes of the range. Raises as `read` does."""
        return b"".join(iter(self.read, b""))

    def close(self) -> None:
        """Release what is held."""
        self._source.close()


def span(size_bytes: int, offset: int, length: int | None) -> int:
    """Return how many bytes a range holds.

    Raises RangeNotSatisfiable when it begins at or after the end, except at offset 0 of an empty
    object.
    """
    if offset and offset >= size_bytes:
        raise RangeNotSatisfiable("The range begins beyond the end of the object.")
    rest = size_bytes - offset
    return rest if length is None else min(length, rest)


def damaged(key: ObjectKey, reason: object) -> InternalError:
    """Return the error for an object that is not as it was stored; `reason` is for the log."""
    logger.error("The stored object %s is damaged: %s", key, reason)
    return InternalError("The stored object is damaged.")
