"""What we send to webhooks, as the `webhooks` of OpenAPI 3.1."""

from collections.abc import Mapping
from typing import Any

from services.gateway.openapi.schemas import WEBHOOK_MESSAGE, reference
from services.jobs.webhooks.events import Event

_MEANINGS: Mapping[Event, str] = {
    Event.JOB_COMPLETED: "A job has completed.",
    Event.JOB_FAILED: "A job has failed for good. If it is retried, its next end is reported too.",
    Event.JOB_CANCELLED: "A job was cancelled.",
    Event.RENDITION_COMPLETED: "One image of a job is finished; `rendition` is that image.",
    Event.TEST: "The webhook was tested. There is no such job.",
}

_HEADERS: Mapping[str, tuple[str, str]] = {
    "webhook-id": (
        "The id of the delivery, the same with each try.",
        "^msg_[0-9]{13}_[0-9a-f]{16}$",
    ),
    "webhook-timestamp": ("When this try was made, in seconds since 1970.", "^[0-9]+$"),
    "webhook-signature": (
        "A signature by each valid secret, separated by spaces: `v1,` and the HMAC-SHA256 of id, "
        "timestamp and body in base64.",
        "^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$",
    ),
}


def webhooks() -> dict[str, Any]:
    """Return the Path Item Objects by event."""
    return {event.value: {"post": _operation(event, text)} for event, text in _MEANINGS.items()}


def _operation(event: Event, text: str) -> dict[str, Any]:
    body = {"schema": reference(WEBHOOK_MESSAGE)}
    return {
        "operationId": f"on{event.value.title().replace('.', '')}",
        "tags": ["Webhooks"],
        "summary": text.partition(". ")[0].removesuffix("."),
        "description": f"{text} Verify the message by the Standard Webhooks specification.",
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": meaning,
                "schema": {"type": "string", "pattern": pattern},
            }
            for name, (meaning, pattern) in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "2XX": {"description": "Taken. It is not sent again."},
            "410": {"description": "Gone: the webhook is told nothing more."},
            "default": {"description": "Not taken. It is sent again, for three days."},
        },
    }
