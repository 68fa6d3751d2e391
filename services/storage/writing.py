"""Counts and checksums the bytes of one object, and publishes them only when all have arrived."""

import hashlib
from datetime import UTC, datetime

from services.common.errors import InvalidRequest
from services.common.keys import ObjectKey
from services.storage.facts import ObjectFacts
from services.storage.store import ObjectStore


class Writing:
    """One object being written; blocks, and must be closed whatever happens."""

    def __init__(
        self, store: ObjectStore, key: ObjectKey, content_type: str, max_bytes: int
    ) -> None:
        self._incoming = store.receive()
        self._key = key
        self._content_type = content_type
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Append bytes. Raises InvalidRequest when the object grows larger than allowed."""
        self._size_bytes += len(data)
        if self._size_bytes > self._max_bytes:
            raise InvalidRequest(f"An object may have {self._max_bytes} bytes at most.")
        self._hash.update(data)
        self._incoming.write(data)

    def commit(self, size_bytes: int, sha256: str) -> ObjectFacts:
        """Publish the object. Raises InvalidRequest unless size and checksum are right."""
        if size_bytes != self._size_bytes:
            raise InvalidRequest(
                f"{size_bytes} bytes were sent and {self._size_bytes} arrived; send them again."
            )
        if sha256 != self._hash.hexdigest():
            raise InvalidRequest("The bytes that arrived do not match the sha256; send them again.")
        now = datetime.now(UTC)
        facts = ObjectFacts(
            key=self._key,
            content_type=self._content_type,
            size_bytes=size_bytes,
            sha256=sha256,
            stored_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        )
        self._incoming.publish(facts)
        return facts

    def close(self) -> None:
        """Discard what is not published."""
        self._incoming.close()
