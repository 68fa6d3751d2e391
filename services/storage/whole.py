"""Writes and reads whole objects that are small; blocks."""

from contextlib import closing

from services.common.errors import InvalidRequest, ObjectNotFound
from services.common.keys import ObjectKey
from services.storage.facts import ObjectFacts
from services.storage.store import ObjectStore
from services.storage.writing import Writing


def write_whole(
    store: ObjectStore,
    key: ObjectKey,
    content_type: str,
    data: bytes,
    sha256: str,
    max_bytes: int,
) -> ObjectFacts:
    """Store an object. Raises InvalidRequest when it is too large or its checksum is different."""
    with closing(Writing(store, key, content_type, max_bytes)) as writing:
        writing.write(data)
        return writing.commit(len(data), sha256)


def read_whole(store: ObjectStore, key: ObjectKey, max_bytes: int | None = None) -> bytes | None:
    """Return an object, None if there is none. Raises InvalidRequest for more than `max_bytes`."""
    try:
        with closing(store.open(key)) as reading:
            if max_bytes is not None and reading.facts.size_bytes > max_bytes:
                raise InvalidRequest("The objects have more bytes than one answer can bring.")
            return reading.read_all()
    except ObjectNotFound:
        return None
