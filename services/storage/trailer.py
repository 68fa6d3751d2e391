"""The facts of an object as the last 512 bytes of its file.

One file holds both, so one rename replaces both. The facts come after the bytes, where image
viewers ignore them: the files in the folder can be viewed.
"""

import json
from datetime import UTC, datetime

from services.common.keys import ObjectKey
from services.storage.facts import ObjectFacts

TRAILER_BYTES = 512
"""More than the longest facts need: a media type has at most 127 characters."""


def pack(facts: ObjectFacts) -> bytes:
    """Return the trailer of a file."""
    fields = {
        "snapasset": 1,
        "content_type": facts.content_type,
        "size_bytes": facts.size_bytes,
        "sha256": facts.sha256,
        "stored_at": facts.stored_at.isoformat(timespec="milliseconds"),
    }
    return b"\n" + json.dumps(fields).encode().ljust(TRAILER_BYTES - 2) + b"\n"


def unpack(key: ObjectKey, trailer: bytes, file_bytes: int) -> ObjectFacts:
    """Return the facts of the object of `key`, whose file has that length.

    Raises ValueError when the trailer is not one of ours or the file has lost a part.
    """
    fields = json.loads(trailer)
    if not isinstance(fields, dict) or fields.get("snapasset") != 1:
        raise ValueError("the file was not written by this service")
    if fields["size_bytes"] + TRAILER_BYTES != file_bytes:
        raise ValueError("the file's length differs from what was stored")
    return ObjectFacts(
        key=key,
        content_type=fields["content_type"],
        size_bytes=fields["size_bytes"],
        sha256=fields["sha256"],
        stored_at=datetime.fromisoformat(fields["stored_at"]).astimezone(UTC),
    )
