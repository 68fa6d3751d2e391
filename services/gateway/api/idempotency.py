"""`Idempotency-Key`: a request that is sent twice with the same key makes one job.

The key is kept for 24 hours under its caller, with a digest of the request. Repeating the request
gives the same job, with a new estimate and ticket; a different request is a conflict.
"""

import hashlib
import json
import re
from collections.abc import Sequence

from services.common.errors import FieldMistake, InvalidRequest
from services.common.interceptors import Context
from services.gateway.access.metadata import sent
from services.jobs import keys
from services.jobs.codec import spec_to_json
from services.jobs.once import Once
from services.jobs.values import JobSpec

HEADER = "Idempotency-Key"
KEY_FORM = re.compile(r"[!-~]{1,255}")


def once(ctx: Context, subject: str, spec: JobSpec) -> Once | None:
    """Return what the caller `subject` wants once, None without a key. Raises InvalidRequest."""
    given = key_of(ctx)
    return _once(subject, given, _digest_of(spec)) if given else None


def once_in_batch(subject: str, key: str, place: int, spec: JobSpec) -> Once:
    """Return the same for the job that is at `place` in the batch with this key."""
    return _once(subject, f"batch {place} {key}", _digest_of(spec))


def once_of_batch(subject: str, key: str, orders: Sequence[bytes]) -> Once:
    """Return the same for a whole batch of these orders."""
    digest = hashlib.sha256()
    for order in orders:
        digest.update(hashlib.sha256(order).digest())
    return _once(subject, f"batch {key}", digest.hexdigest())


def key_of(ctx: Context) -> str:
    """Return the Idempotency-Key of a call, "" without one. Raises InvalidRequest."""
    given = sent(ctx, HEADER.lower())
    if given and (len(given) > 1 or not KEY_FORM.fullmatch(given[0])):
        must = "must be one text of 1 to 255 visible ASCII characters"
        raise InvalidRequest(f"{HEADER} {must}", fields=[FieldMistake(HEADER, must)])
    return given[0] if given else ""


def _once(subject: str, key: str, digest: str) -> Once:
    # Hashed, so that neither a subject nor a key can be made to look like a part of the other. No
    # key of a caller has a space in it.
    return Once(
        key=keys.idempotency(subject, hashlib.sha256(key.encode()).hexdigest()), digest=digest
    )


def _digest_of(spec: JobSpec) -> str:
    asked = json.dumps(spec_to_json(spec), sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()
