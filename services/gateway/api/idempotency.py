"""`Idempotency-Key`: a request that is sent twice with the same key makes one job.

The key is kept for 24 hours under its caller, with a digest of the request. Repeating the request
gives the same job, with a new estimate and ticket; a different request is a conflict.
"""

import hashlib
import json
import re

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
    given = sent(ctx, HEADER.lower())
    if not given:
        return None
    if len(given) > 1 or not KEY_FORM.fullmatch(given[0]):
        must = "must be one text of 1 to 255 visible ASCII characters"
        raise InvalidRequest(f"{HEADER} {must}", fields=[FieldMistake(HEADER, must)])
    # Hashed, so that neither a subject nor a key can be made to look like a part of the other.
    name = keys.idempotency(subject, hashlib.sha256(given[0].encode()).hexdigest())
    asked = json.dumps(spec_to_json(spec), sort_keys=True)
    return Once(key=name, digest=hashlib.sha256(asked.encode()).hexdigest())
