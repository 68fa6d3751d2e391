"""Who may use which keys: records and public objects share a store, but never a key."""

import re
from datetime import datetime
from uuid import UUID

from services.common.errors import FieldMistake, InvalidRequest
from services.common.keys import ObjectKey, generation_uuid, object_key, user_segment

# No owner's segment begins with "_", so no owner can have this name.
RECORDS = "_records/"
"""How the keys of records begin."""
BESIDE = "."
"""What stands between the name of a record and that of an addition to it."""
_NAME = re.compile(r"[0-9a-f]{32}")


def public_key(text: str, field: str = "key") -> ObjectKey:
    """Return a key that callers may name. Raises InvalidRequest, also for the key of a record."""
    key = object_key(text, field)
    if f"{key}/".startswith(RECORDS):
        raise mistake(field, f'must not begin with "{RECORDS}", where records are kept')
    return key


def records_folder(user_id: str) -> str:
    """Return how the keys of an owner's records begin."""
    return f"{RECORDS}{user_segment(user_id)}/"


def objects_folder(user_id: str) -> str:
    """Return how the keys of everything that an owner's generations keep begin."""
    return f"{user_segment(user_id)}/"


def record_key(user_id: str, generation_id: str) -> ObjectKey:
    """Return the key of a record.

    A generation's id begins with the time that it was made. Its complement falls while time
    rises, so that the order of the keys is newest first.
    """
    return ObjectKey(records_folder(user_id) + record_name(generation_uuid(generation_id)))


def addition_key(record: ObjectKey, name: str) -> ObjectKey:
    """Return the key of an addition to a record; it sorts right after the record's."""
    return object_key(f"{record}{BESIDE}{name}")


def addition_name(key: ObjectKey) -> str:
    """Return the name of the addition of this key."""
    return key.rpartition("/")[2].partition(BESIDE)[2]


def record_name(generation: UUID) -> str:
    """Return the last segment of the key of a record."""
    return f"{generation.int ^ ((1 << 128) - 1):032x}"


def first_uuid(when: datetime) -> UUID:
    """Return a lower bound for the ids of generations made at `when` or later."""
    return UUID(int=int(when.timestamp() * 1000) << 80)


def page_token(key: ObjectKey) -> str:
    """Return the token of the page after the record of `key`."""
    return key.rpartition("/")[2]


def page_start(user_id: str, token: str) -> str:
    """Return the key after which the page of `token` begins. Raises InvalidRequest."""
    if token and not _NAME.fullmatch(token):
        raise mistake("pageToken", "must be the nextPageToken of an earlier page")
    return records_folder(user_id) + token


def mistake(field: str, must: str) -> InvalidRequest:
    """Return the error for one wrong field; `must` says what it has to be."""
    return InvalidRequest(f"{field} {must}.", fields=[FieldMistake(field, must)])
