"""The forms of texts in the contracts: the pattern of each, and the message for a mismatch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snapasset.options.v1.fields_pb2 import Form

from services.common.keys import USER_ID, USER_ID_RULE
from services.common.platform_rows import ID, ID_RULE
from services.common.text import INK, TAKEN
from services.common.times import MOMENT, MOMENT_RULE
from services.jobs.uploads.upload import UPLOAD_ID
from services.jobs.values import BATCH_ID, JOB_ID, Status
from services.jobs.webhooks.events import CHOICES
from services.jobs.webhooks.values import DEFAULT, MESSAGE_ID, WEBHOOK_ID


@dataclass(frozen=True, kw_only=True, slots=True)
class FormRow:
    """A form. Its `pattern`, without anchors, reads the same in Python and in JavaScript.

    `must` says what is wrong with any other text. A form without it is not checked with the other
    fields of a request: what cannot be an id is simply not found.
    """

    must: str = ""
    pattern: str = ""
    choices: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    """Further keywords of JSON Schema."""


def prose(least: int) -> str:
    """Return the pattern of prose with at least so many characters between blanks."""
    if least < 2:
        return f"{TAKEN}*{INK}{TAKEN}*"
    return f"{TAKEN}*{INK}{TAKEN}{{{least - 2},}}{INK}{TAKEN}*"


def _choice(choices: tuple[str, ...]) -> FormRow:
    return FormRow(must=f"must be one of {', '.join(choices)}", choices=choices)


_KEY = "[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
_IMAGE = "user-123/01932d4e-7f00-7abc-8def-0123456789ab/instagram-post-1080x1080.jpg"

FORMS: Mapping[Form.ValueType, FormRow] = {
    Form.FORM_UNSPECIFIED: FormRow(),
    Form.FORM_PROSE: FormRow(
        must="must show something, and have no control characters or characters that reorder text",
        pattern=prose(1),
    ),
    Form.FORM_USER_ID: FormRow(
        must=USER_ID_RULE, pattern=USER_ID.pattern, schema={"examples": ["user-123"]}
    ),
    Form.FORM_JOB_ID: FormRow(
        pattern=JOB_ID.pattern,
        schema={"examples": ["gen-1763870400000-0123456789abcdef0123456789abcdef"]},
    ),
    Form.FORM_BATCH_ID: FormRow(
        pattern=BATCH_ID.pattern,
        schema={"examples": ["batch-1763870400000-0123456789abcdef0123456789abcdef"]},
    ),
    Form.FORM_GENERATION_ID: FormRow(
        pattern="[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        schema={"format": "uuid", "examples": ["01932d4e-7f00-7abc-8def-0123456789ab"]},
    ),
    Form.FORM_UPLOAD_ID: FormRow(
        pattern=UPLOAD_ID.pattern,
        schema={"examples": ["up-1763870400000-0123456789abcdef0123456789abcdef"]},
    ),
    Form.FORM_PLATFORM_ID: FormRow(),
    Form.FORM_MONTH: FormRow(
        must="must be a month such as 2026-11",
        pattern="20[0-9]{2}-(0[1-9]|1[0-2])",
        schema={"examples": ["2026-11"]},
    ),
    Form.FORM_IMAGE_PATH: FormRow(pattern=_KEY, schema={"examples": [_IMAGE]}),
    Form.FORM_URI: FormRow(schema={"format": "uri"}),
    Form.FORM_JOB_STATUS: _choice(tuple(Status)),
    Form.FORM_TARGET_NAME: FormRow(must=ID_RULE, pattern=ID.pattern),
    Form.FORM_TIME: FormRow(
        must=MOMENT_RULE,
        pattern=MOMENT.pattern,
        schema={"format": "date-time", "examples": ["2026-11-26T12:00:00Z"]},
    ),
    Form.FORM_BACKGROUND: FormRow(
        must="must be blur, auto, transparent or a colour such as #1a2b3c",
        pattern="blur|auto|transparent|#[0-9a-fA-F]{6}",
        schema={"examples": ["blur", "#1a2b3c"]},
    ),
    Form.FORM_RENDITION_ID: FormRow(
        pattern="[a-z0-9-]+-[0-9]+x[0-9]+", schema={"examples": ["instagram-post-1080x1080"]}
    ),
    Form.FORM_WEBHOOK_ID: FormRow(
        pattern=f"({WEBHOOK_ID.pattern}|{DEFAULT})",
        schema={"examples": ["wh-0123456789abcdef0123456789abcdef"]},
    ),
    Form.FORM_DELIVERY_ID: FormRow(
        pattern=MESSAGE_ID.pattern, schema={"examples": ["msg_1763870400000_0123456789abcdef"]}
    ),
    Form.FORM_WEBHOOK_EVENT: _choice(CHOICES),
    Form.FORM_WEBHOOK_ADDRESS: FormRow(
        must="must be an address such as https://example.com/hooks",
        pattern="https?://[!-~]+",
        schema={"format": "uri", "examples": ["https://example.com/hooks/snapasset"]},
    ),
    Form.FORM_ENDED_STATUS: _choice(tuple(status for status in Status if status.ended)),
}
"""Every form of the contracts. What a platform's id is depends on the operator's table."""
