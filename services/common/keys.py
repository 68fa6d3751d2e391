"""The keys of stored objects: their alphabet, and how an owner's id becomes a part of one."""

import re
from datetime import timedelta
from typing import NewType
from uuid import UUID

from services.common.errors import FieldMistake, InvalidRequest

ObjectKey = NewType("ObjectKey", str)
"""A key that `object_key` has checked, so that it cannot escape its folder."""

# File systems and MinIO allow 255 characters in a name, S3 allows 1,024 in a key.
_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}"
_KEY = re.compile(rf"(?=.{{1,1024}}\Z){_SEGMENT}(?:/{_SEGMENT}){{0,7}}")
USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}")
"""What an owner's id looks like, and the same in words:"""
USER_ID_RULE = 'must be 1 to 128 letters, digits and "._@:+-", beginning with a letter or digit'

UPLOADS = "uploads"
"""The name of the folder for an owner's uploads. Their ids begin with the time."""

UPLOAD_LIFE = timedelta(days=90)
"""No upload is known for longer, whatever needs it."""

_ESCAPES = str.maketrans({"_": "__", "@": "_a", ":": "_c", "+": "_p"})


def object_key(text: str, field: str = "key") -> ObjectKey:
    """Return `text` as a key. Raises InvalidRequest, naming `field`, for anything but a key."""
    if _KEY.fullmatch(text):
        return ObjectKey(text)
    raise _mistake(
        field,
        'must be 1 to 8 segments of letters, digits, ".", "_" and "-" that begin with no dot, '
        "divided by /, of at most 255 characters each and 1,024 in all",
    )


def user_segment(user_id: str) -> str:
    """Return the segment of a key that stands for an owner.

    Letters, digits, "." and "-" stand for themselves; "_" becomes "__", "@" "_a", ":" "_c" and
    "+" "_p". Read from the left, each "_" and its successor have one meaning, so no two ids share a
    segment. The longest id gives 1 + 2 * 127 = 255 characters, exactly what a segment may have.
    Ids begin with a letter or digit, so a segment that begins otherwise belongs to no owner.

    Raises InvalidRequest for anything but an owner's id.
    """
    if not USER_ID.fullmatch(user_id):
        raise _mistake("userId", USER_ID_RULE)
    return user_id.translate(_ESCAPES)


def generation_uuid(generation_id: str) -> UUID:
    """Return a generation's id as a UUID. Raises InvalidRequest unless it is in canonical form."""
    try:
        uuid = UUID(generation_id)
    except ValueError:
        uuid = None
    # UUID() also accepts capitals, braces and missing hyphens, which would give one generation
    # several folders.
    if uuid is None or str(uuid) != generation_id:
        raise _mistake("generationId", "must be a UUID in lower case with hyphens")
    return uuid


def generation_folder(user_id: str, generation_id: str) -> str:
    """Return the prefix of every key of a generation's objects, with its trailing slash."""
    return f"{user_segment(user_id)}/{generation_uuid(generation_id)}/"


def rendition_id(key: str) -> str:
    """Return the id of the rendition that is kept under `key`, unique in its generation."""
    return key.rpartition("/")[2].rpartition(".")[0]


def upload_key(user_id: str, upload_id: str) -> ObjectKey:
    """Return the key of an upload; it lies in the owner's folder, beside the generations."""
    return object_key(f"{user_segment(user_id)}/{UPLOADS}/{upload_id}")


def _mistake(field: str, must: str) -> InvalidRequest:
    return InvalidRequest(f"{field} {must}.", fields=[FieldMistake(field, must)])
